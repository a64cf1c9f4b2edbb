"""The shape of an appeal that somebody told a specialist."""

from datetime import UTC, datetime

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.appeals.forms import KINDS
from portal.appeals.models import LONGEST_BODY, LONGEST_SUBJECT
from portal.appeals.states import Channel, Proof
from portal.core.forms import PortalForm
from portal.core.text import ZONE, _l
from portal.staff.forms.answering import enclosed_files

_TOO_LONG = _l("This is too long: shorten it, please.")


class RegisterForm(PortalForm):
    """Who told it, by which channel and when, what it is, and whose contract it is proven to be."""

    channel = SelectField(
        _l("Channel"),
        choices=[
            SelectChoice(Channel.PHONE, _l("Phone")),
            SelectChoice(Channel.OFFICE, _l("Office")),
            SelectChoice(Channel.KIOSK, _l("Kiosk")),
            SelectChoice(Channel.SKYPE, "Skype"),
            SelectChoice(Channel.FACEBOOK, "Facebook"),
            SelectChoice(Channel.FORUM, _l("Forum")),
            SelectChoice(Channel.EMAIL, _l("E-mail")),
        ],
        validators=[InputRequired()],
    )
    received_at = DateTimeLocalField(
        _l("When was it received?"),
        description=_l("Almaty time; the promise to answer first counts from here"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(_l("Say when the appeal was received."))],
    )
    kind = SelectField(_l("Kind"), choices=list(KINDS), validators=[InputRequired()])
    subject = StringField(
        _l("In a few words"),
        validators=[
            InputRequired(_l("Write in a few words what it is about.")),
            Length(max=LONGEST_SUBJECT, message=_TOO_LONG),
        ],
    )
    body = TextAreaField(
        _l("What was told, in his words"),
        validators=[
            InputRequired(_l("Write what happened.")),
            Length(max=LONGEST_BODY, message=_TOO_LONG),
        ],
    )
    files = enclosed_files()
    name = StringField(
        _l("His name"),
        validators=[InputRequired(_l("Write his name.")), Length(max=120, message=_TOO_LONG)],
    )
    address = StringField(
        _l("Phone, e-mail or name at the channel"),
        validators=[
            InputRequired(_l("Write how he can be reached.")),
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
    contract = StringField(
        _l("Number of the contract"),
        description=_l("Only if he has proven that it is his"),
        validators=[Optional(), Length(max=40, message=_TOO_LONG)],
    )
    proof = SelectField(
        _l("How did he prove it?"),
        choices=[
            SelectChoice("", _l("He did not")),
            SelectChoice(Proof.DOCUMENT, _l("He showed his identity card")),
            SelectChoice(Proof.CALL_BACK, _l("We called back the phone of the contract")),
            SelectChoice(Proof.CODE, _l("He told the code that we sent him")),
            SelectChoice(Proof.FACTS, _l("He told the holder, the address and the last payment")),
        ],
        validators=[Optional()],
    )

    @property
    def received_instant(self) -> datetime | None:
        """Return the time of receipt, aware: what was typed is a clock time of Almaty."""
        typed = self.received_at.data
        return typed.replace(tzinfo=ZONE).astimezone(UTC) if typed else None
