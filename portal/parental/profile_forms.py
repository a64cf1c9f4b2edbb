"""The shape of what parents send about profiles: names, switches and times of the week."""

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.core.forms import PortalForm
from portal.core.text import Marked, _l
from portal.parental.models import LONGEST_NAME
from portal.parental.presets import PRESETS, Age


class NameForm(PortalForm):
    """The name of a child."""

    name = StringField(
        _l("The child’s name"),
        validators=[InputRequired(_l("Write the child’s name."))],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )


class ChildForm(NameForm):
    """A child who gets a profile, and the age whose settings the parents want to look at."""

    age = RadioField(
        _l("Begin with the settings for an age"),
        description=_l("You see what they close before anything is closed."),
        choices=[
            *(SelectChoice(age.value, preset.name) for age, preset in PRESETS.items()),
            SelectChoice("", _l("Without: I choose everything myself")),
        ],
        default=Age.FROM_7,
        validators=[Optional()],
    )

    @property
    def notes(self) -> dict[str, Marked]:
        """What each age is for, for the page."""
        return {age.value: preset.about for age, preset in PRESETS.items()}
