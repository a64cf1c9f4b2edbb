"""Shapes of what people write in appeals."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import EmailField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length, Optional

from portal.appeals.models import LONGEST_BODY, LONGEST_SUBJECT
from portal.appeals.states import AppealKind
from portal.catalog.places import CITIES
from portal.core.forms import PortalForm
from portal.core.text import _l

KINDS = (
    SelectChoice(AppealKind.FAULT, _l("Something does not work")),
    SelectChoice(AppealKind.QUESTION, _l("I have a question")),
    SelectChoice(AppealKind.COMPLAINT, _l("I complain")),
    SelectChoice(AppealKind.SUGGESTION, _l("I suggest something")),
    SelectChoice(AppealKind.GRATITUDE, _l("I want to thank")),
)
_TOO_LONG = _l("This is too long: shorten it, please.")


class AppealForm(PortalForm):
    """A new appeal. `draft_id` names the saved row that holds its files."""

    draft_id = HiddenField()
    about_id = HiddenField()
    kind = RadioField(
        _l("What is it about?"),
        choices=list(KINDS),
        validators=[InputRequired(_l("Choose what it is about."))],
    )
    subject = StringField(
        _l("In a few words"),
        description=_l("For example: the internet goes away in the evening"),
        validators=[
            InputRequired(_l("Write in a few words what it is about.")),
            Length(max=LONGEST_SUBJECT, message=_TOO_LONG),
        ],
    )
    body = TextAreaField(
        _l("What happened?"),
        description=_l("When, where, on which devices. Never write passwords or card numbers."),
        validators=[
            InputRequired(_l("Write what happened.")),
            Length(max=LONGEST_BODY, message=_TOO_LONG),
        ],
    )

    @property
    def content(self) -> dict[str, Any]:
        """Return what was typed, as a draft keeps it."""
        hidden = {"csrf_token", "submission_id", "draft_id"}
        return {field.name: field.data for field in self if field.name not in hidden}


class PublicAppealForm(AppealForm):
    """A new appeal of somebody who is not signed in: also who he is and how to reach him.

    `city`: where a fault is, so that a known outage is told before the appeal is sent.
    """

    city = SelectField(
        _l("City"),
        description=_l("If something does not work: we look at once whether it is known."),
        choices=[
            SelectChoice("", _l("Not chosen")),
            *(SelectChoice(code, name) for code, name in CITIES.items()),
        ],
        default="",
        validators=[Optional()],
    )
    name = StringField(
        _l("Your name"),
        validators=[InputRequired(_l("Write your name.")), Length(max=120, message=_TOO_LONG)],
    )
    email = EmailField(
        _l("Your e-mail"),
        description=_l("The receipt and the answers go there."),
        validators=[
            InputRequired(_l("Write your e-mail.")),
            Email(_l("This is no e-mail address. It looks like name@example.kz.")),
            Length(max=254, message=_TOO_LONG),
        ],
    )
    language = SelectField(
        _l("Language of the answers"),
        choices=[
            SelectChoice("kk", "Қазақша"),
            SelectChoice("ru", "Русский"),
            SelectChoice("en", "English"),
        ],
        validators=[InputRequired()],
    )


class FileForm(PortalForm):
    """One file that goes up to a draft."""

    file = FileField(
        _l("File"),
        description=_l("PDF, JPEG, PNG or WebP, 20 MB at most. Places are removed from pictures."),
        validators=[FileRequired(_l("Choose a file."))],
    )


class ReplyForm(PortalForm):
    """A customer's message in his appeal."""

    draft_id = HiddenField()
    body = TextAreaField(
        _l("Message"),
        validators=[
            InputRequired(_l("Write a message first.")),
            Length(max=LONGEST_BODY, message=_TOO_LONG),
        ],
    )


class ChatForm(PortalForm):
    """The first message of a chat."""

    body = TextAreaField(
        _l("What can we help you with?"),
        description=_l("Never write passwords or card numbers."),
        validators=[
            InputRequired(_l("Write a message first.")),
            Length(max=LONGEST_BODY, message=_TOO_LONG),
        ],
    )


class TrackForm(PortalForm):
    """Number and key of a receipt, as somebody types them."""

    number = StringField(
        _l("Number of the appeal"),
        description=_l("For example 26-4F7K-3"),
        validators=[InputRequired(_l("Write the number of the appeal."))],
    )
    key = StringField(
        _l("Key from the receipt"),
        description=_l("The last part of the link in your receipt"),
        validators=[InputRequired(_l("Write the key from the receipt."))],
    )


class ReceiptForm(PortalForm):
    """Number and hash of a receipt."""

    number = StringField(
        _l("Number of the appeal"),
        description=_l("For example 26-4F7K-3"),
        validators=[InputRequired(_l("Write the number of the appeal."))],
    )
    head = StringField(
        _l("Receipt"),
        description=_l("16 letters and figures, for example 9c1e 07ab 44d2 f0b6"),
        validators=[InputRequired(_l("Write the receipt."))],
    )
