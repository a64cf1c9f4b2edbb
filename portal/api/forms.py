"""Shapes of what an administrator says about other systems."""

from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.api.feed import TYPES
from portal.api.models import Scope
from portal.core.forms import PortalForm
from portal.core.text import Marked, _l

LONGEST_NAME = 60
SCOPES = {
    Scope.READ_EVENTS: _l("Read events"),
    Scope.READ_TICKETS: _l("Read appeals as tickets"),
    Scope.WRITE_TICKETS: _l("Write appeals and answers as tickets"),
}
_TOO_LONG = _l("This is too long: shorten it, please.")


def _boxes(
    label: Marked, choices: list[SelectChoice], description: Marked | str = ""
) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=choices,
        description=description,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class TokenForm(PortalForm):
    """A token for a system."""

    system = StringField(
        _l("Which system is it for?"),
        description=_l("A newer token with the same name goes on where the older one was."),
        validators=[
            InputRequired(_l("Write the name of the system.")),
            Length(max=LONGEST_NAME, message=_TOO_LONG),
        ],
    )
    scopes = _boxes(
        _l("What it may do"), [SelectChoice(value.value, label) for value, label in SCOPES.items()]
    )
    speaks_for = StringField(
        _l("In whose name it answers customers"),
        description=_l("The e-mail address of a colleague; only for writing."),
    )
    days = IntegerField(
        _l("Valid for, days"),
        default=365,
        validators=[InputRequired(_l("Write a number of days."))],
    )


class WebhookForm(PortalForm):
    """A receiver of events."""

    name = StringField(
        _l("Name of the receiver"),
        validators=[
            InputRequired(_l("Write a name.")),
            Length(max=LONGEST_NAME, message=_TOO_LONG),
        ],
    )
    url = StringField(
        _l("Address"),
        description=_l("https only, for example https://tracker.example.kz/events"),
        validators=[InputRequired(_l("Write an address."))],
    )
    types = _boxes(
        _l("Which events"),
        [SelectChoice(each, each) for each in TYPES],
        _l("None chosen means all, also those that come later."),
    )


class ActForm(PortalForm):
    """What is to be done with a receiver, or with one event (`delivery`) that was given up."""

    act = HiddenField()
    delivery = HiddenField()
