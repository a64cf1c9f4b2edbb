"""What the form macros ask of a WTForms form: where its errors are, what belongs to a field."""

from collections.abc import Callable
from typing import Any

from wtforms import FileField, Form, MultipleFileField, RadioField
from wtforms.fields import Field, SelectMultipleField
from wtforms.widgets import ListWidget


def about(field: Field, at: str) -> dict[str, str]:
    """Return the ARIA attributes of a field whose id is `at`: its hint, its error, its state."""
    describes = [f"{at}-hint"] if field.description else []
    describes += [f"{at}-error"] if field.errors else []
    attributes = {"aria-describedby": " ".join(describes)} if describes else {}
    return attributes | ({"aria-invalid": "true"} if field.errors else {})


def blame(form: Form) -> list[tuple[str, str]]:
    """Return (id of what to mend, sentence) in the order of the form.

    An empty id means the form as a whole.
    """
    found = [("", str(text)) for text in form.form_errors]
    for field in form:
        found += [(_place(field), text) for text in sentences(field)]
    return found


def sentences(field: Field) -> list[str]:
    """Return the errors of a field as sentences, those of its parts included."""
    return list(_flat(field.errors))


def has_files(form: Form) -> bool:
    """Say whether the form must be sent as multipart/form-data."""
    return any(isinstance(field, FileField | MultipleFileField) for field in form)


def is_hidden(field: Field) -> bool:
    """Say whether nobody sees the field: the token, the number of the submission."""
    return getattr(field.widget, "input_type", "") == "hidden"


def _place(field: Field) -> str:
    if is_hidden(field):
        return ""
    is_group = isinstance(field, RadioField) or (
        isinstance(field, SelectMultipleField) and isinstance(field.widget, ListWidget)
    )
    return f"{field.id}-0" if is_group else str(field.id)


def _flat(errors: Any) -> Any:
    if isinstance(errors, dict):
        errors = errors.values()
    for error in errors:
        if isinstance(error, dict | list | tuple):
            yield from _flat(error)
        else:
            yield str(error)


FILTERS: dict[str, Callable[..., Any]] = {
    "about": about,
    "blame": blame,
    "sentences": sentences,
    "has_files": has_files,
}
TESTS: dict[str, Callable[..., bool]] = {"hidden_field": is_hidden}
