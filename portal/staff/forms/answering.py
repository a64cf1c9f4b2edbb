"""Shapes of what a specialist writes."""

from datetime import UTC, datetime
from typing import IO, Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.appeals.models import LONGEST_BODY
from portal.core.forms import PortalForm
from portal.core.text import ZONE, _l
from portal.staff.speech import Speech, Written

_TOO_LONG = _l("This is too long: shorten it, please.")


def text_field(*validators: Any) -> TextAreaField:
    """Return the field of what is written."""
    return TextAreaField(_l("Text"), validators=validators)


def enclosed_files() -> MultipleFileField:
    """Return the field of the files that go with what is written."""
    return MultipleFileField(
        _l("Files"),
        id="enclosed",
        description=_l("PDF, JPEG, PNG or WebP, 10 at most, 20 MB together"),
        validators=[Optional()],
    )


def chosen_files(field: MultipleFileField) -> list[tuple[str, IO[bytes]]]:
    """Return name and content of each file that was chosen."""
    return [(file.filename, file.stream) for file in field.data or [] if file and file.filename]


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
    body = text_field(
        InputRequired(_l("Write a message first.")), Length(max=LONGEST_BODY, message=_TOO_LONG)
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

    files = enclosed_files()
    to_linked = BooleanField(_l("Send it to all that are linked, too"))

    @property
    def promised_instant(self) -> datetime | None:
        """Return the promised time, aware: what was typed is a clock time of Almaty."""
        typed = self.promised_at.data
        return typed.replace(tzinfo=ZONE).astimezone(UTC) if typed else None

    @property
    def written(self) -> Written:
        """Return what was written."""
        return Written(
            Speech(self.kind.data), self.body.data or "", self.promised_instant,
            self.reason.data or "",
        )  # fmt: skip


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
