"""Shapes of what a specialist writes."""

from datetime import UTC, datetime
from enum import StrEnum

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.appeals.models import LONGEST_BODY
from portal.core.forms import PortalForm
from portal.core.text import ZONE, _l

_TOO_LONG = _l("This is too long: shorten it, please.")


class Speech(StrEnum):
    """What the specialist writes: four kinds that the customer reads, and the note."""

    MESSAGE = "message"
    QUESTION = "question"
    INTERIM = "interim"
    FINAL = "final"
    NOTE = "note"


class AnswerForm(PortalForm):
    """An answer, an interim answer with its date, a final one, a question, or a note."""

    kind = RadioField(
        _l("What do you write?"),
        choices=[
            SelectChoice(Speech.MESSAGE, _l("Answer")),
            SelectChoice(Speech.QUESTION, _l("Question")),
            SelectChoice(Speech.INTERIM, _l("Interim")),
            SelectChoice(Speech.FINAL, _l("Final")),
            SelectChoice(Speech.NOTE, _l("Note")),
        ],
        default=Speech.MESSAGE,
        validators=[InputRequired(_l("Choose what you write."))],
    )
    body = TextAreaField(
        _l("Text"),
        validators=[
            InputRequired(_l("Write a message first.")),
            Length(max=LONGEST_BODY, message=_TOO_LONG),
        ],
    )
    promised_at = DateTimeLocalField(
        _l("Final answer by"),
        description=_l("Almaty time"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
    )
    reason = StringField(
        _l("Why later than promised?"),
        description=_l("Only if you move a date; the customer reads it"),
        validators=[Length(max=500, message=_TOO_LONG)],
    )

    @property
    def promised_instant(self) -> datetime | None:
        """Return the promised time, aware: what was typed is a clock time of Almaty."""
        typed = self.promised_at.data
        return typed.replace(tzinfo=ZONE).astimezone(UTC) if typed else None


class InvestigationForm(PortalForm):
    """Why the answer needs an investigation."""

    reason = StringField(
        _l("Why is it needed?"),
        id="investigation-reason",
        validators=[
            InputRequired(_l("Write why it is needed.")),
            Length(max=500, message=_TOO_LONG),
        ],
    )
