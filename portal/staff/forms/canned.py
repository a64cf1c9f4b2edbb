"""The shape of a canned reply."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.appeals.models import LONGEST_BODY
from portal.core.forms import PortalForm
from portal.core.text import LANGUAGES, _l

_TOO_LONG = _l("This is too long: shorten it, please.")


def _text(label: Any) -> TextAreaField:
    return TextAreaField(
        label,
        validators=[
            InputRequired(_l("Write the text in all three languages.")),
            Length(max=LONGEST_BODY // 4, message=_TOO_LONG),
        ],
    )


class CannedForm(PortalForm):
    """A name for the desk, and the text in each language."""

    name = StringField(
        _l("Name"),
        description=_l("Only the desk sees it"),
        validators=[InputRequired(_l("Write a name.")), Length(max=80, message=_TOO_LONG)],
    )
    kk = _text("Қазақша")
    ru = _text("Русский")
    en = _text("English")

    @property
    def texts(self) -> dict[str, str]:
        """Return what was typed, by language."""
        return {language: self._fields[language].data or "" for language in LANGUAGES}
