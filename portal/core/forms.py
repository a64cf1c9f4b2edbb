"""Forms: the shape of input. No query, no rule."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.fields import FieldList, FormField, PasswordField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.core import ids
from portal.core.errors import RuleError
from portal.core.text import _l, gettext, is_storable

_BREAKS = re.compile(r"[\r\n]+")
LONGEST_LINE = 1_000
LONGEST_TEXT = 200_000


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _one_line(value: Any) -> Any:
    """Return what a field of one line holds: no browser sends a line break in it."""
    return _BREAKS.sub(" ", value) if isinstance(value, str) else value


class _Translations:
    """WTForms' own few sentences come from our catalogues too."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(gettext(singular if n == 1 else plural))


def _check_text(_form: Any, field: Any) -> None:
    """Refuse what the database cannot keep. Source: security-checklist 8."""
    if not isinstance(field.data, str):
        return
    if not is_storable(field.data):
        raise ValidationError(gettext("Remove the invisible control characters from this text."))
    usual = LONGEST_TEXT if isinstance(field, TextAreaField) else LONGEST_LINE
    longest = getattr(field, "longest", usual)
    if len(field.data) > longest:
        raise ValidationError(
            gettext("This is too long: %(most)s characters at most.", most=longest)
        )


class PortalForm(FlaskForm):
    """A form that strips text (not passwords) and gives each error one place to appear."""

    submission_id = HiddenField(default=lambda: str(ids.uuid7()))

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                own = unbound_field.kwargs.get("filters") or []
                is_line = not issubclass(kind, TextAreaField | HiddenField)
                usual = [_strip, _one_line] if is_line else [_strip]
                options = options | {"filters": [*usual, *own]}
            return unbound_field.bind(form=form, **options)

        def get_translations(self, _form: Any) -> _Translations:
            return _Translations()

    def validate(self, extra_validators: Any = None) -> bool:
        checks = {
            name: [_check_text]
            for name, field in self._fields.items()
            if not isinstance(field, FieldList | FormField)
        }
        for name, more in (extra_validators or {}).items():
            checks.setdefault(name, []).extend(more)
        return bool(super().validate(extra_validators=checks))

    def refuse(self, error: RuleError) -> None:
        """Put the rule's sentence at the field it blames, or at the head of the form."""
        target = self._fields.get(error.field or "")
        if target is None:
            self.form_errors: list[str] = [*self.form_errors, error.message]
        else:
            target.errors = [*target.errors, error.message]

    @property
    def is_refused(self) -> bool:
        return bool(self.form_errors) or any(field.errors for field in self)


class TengeField(StringField):
    """A sum in whole tenge as people write it: `5 000`, `5000 ₸`. Its data is a Decimal or None.

    Nine digits at most; an empty field is None.
    """

    data: Decimal | None
    _SUM = re.compile(r"\d{1,9}")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.0f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = re.sub(r"[\s\u00a0\u202f₸]", "", valuelist[0]) if valuelist else ""
        self.data = Decimal(typed) if self._SUM.fullmatch(typed) and typed.isascii() else None
        if typed and self.data is None:
            raise ValueError(gettext("Write a sum in whole tenge, for example 5000."))


def render_form(template: str, form: PortalForm, **context: Any) -> Response:
    """Render a page with its form: 422 when something is to mend. What was typed stays."""
    page = render_template(template, form=form, **context)
    return make_response(page, 422 if form.is_refused else 200)


def read_uuid(raw: str | None) -> UUID | None:
    """Return the UUID in `raw`, or None."""
    try:
        return UUID(raw or "")
    except ValueError:
        return None


STALE_FORM = _l("This page was open for too long. What you typed is kept: please send it again.")
