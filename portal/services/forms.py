"""Shapes of input."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.core.forms import PortalForm
from portal.core.text import _l

REASONS = {
    "price": _l("It is too expensive"),
    "unused": _l("I do not use it"),
    "quality": _l("The quality does not suit me"),
    "moving": _l("I am moving"),
    "other_operator": _l("I am changing the operator"),
    "for_a_while": _l("Only for a while"),
    "other": _l("Another reason"),
}


class ConfirmForm(PortalForm):
    """One press that confirms."""


class ConnectForm(PortalForm):
    """Ask for terms; `ref` says where the customer came from."""

    ref = HiddenField()


class LeaveForm(PortalForm):
    """Why a service is ended."""

    reason = RadioField(
        _l("Why are you disconnecting it?"),
        choices=[SelectChoice(value, label) for value, label in REASONS.items()],
        validators=[InputRequired(_l("Choose a reason: it helps us to become better."))],
    )
    words = TextAreaField(
        _l("Tell us more, if you like"),
        validators=[Length(max=2000, message=_l("Write 2000 characters at most."))],
    )
