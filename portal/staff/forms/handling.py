"""Shapes of what moves an appeal between people."""

from enum import StrEnum

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.appeals.models import LONGEST_BODY
from portal.core.forms import PortalForm, read_uuid
from portal.core.text import _l

_TOO_LONG = _l("This is too long: shorten it, please.")


class Away(StrEnum):
    """Why an appeal is not answered here."""

    WRONG = "wrong"
    FORWARDED = "forwarded"
    SPAM = "spam"


class TransferForm(PortalForm):
    """To whom an appeal goes, and a note for him. The colleagues come in as choices."""

    to_id = SelectField(
        _l("To whom?"),
        coerce=read_uuid,
        validate_choice=False,
        validators=[InputRequired(_l("Choose a colleague."))],
    )
    note = StringField(
        _l("Note for the colleague"),
        validators=[Optional(), Length(max=1000, message=_TOO_LONG)],
    )


class LinkForm(PortalForm):
    """The number of another appeal about the same thing."""

    number = StringField(
        _l("Number of the other appeal"),
        id="link-number",
        description=_l("For example 26-4F7K-3"),
        validators=[InputRequired(_l("Write the number of the appeal."))],
    )


class TurnAwayForm(PortalForm):
    """Why an appeal is not answered here; the customer reads the reason."""

    how = RadioField(
        _l("What is wrong with it?"),
        choices=[
            SelectChoice(Away.WRONG, _l("It is for somebody else: we will forward it")),
            SelectChoice(Away.FORWARDED, _l("It has been forwarded: end it")),
            SelectChoice(Away.SPAM, _l("It is spam: end it")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        id="away-reason",
        description=_l("The customer reads it: to whom it went, and how to reach them"),
        validators=[Length(max=LONGEST_BODY, message=_TOO_LONG)],
    )
