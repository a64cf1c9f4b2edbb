"""The shape of what a supervisor does with many appeals."""

from enum import StrEnum

from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.core.forms import PortalForm, read_uuid
from portal.core.text import _l


class Remedy(StrEnum):
    """What a supervisor does with the appeals that are chosen."""

    ASSIGN = "assign"
    EXTEND = "extend"


class SuperviseForm(PortalForm):
    """Give the chosen appeals to a colleague, or lengthen their investigations with a reason."""

    act = RadioField(
        _l("What shall be done?"),
        choices=[
            SelectChoice(Remedy.ASSIGN, _l("Give them to a colleague")),
            SelectChoice(Remedy.EXTEND, _l("Extend their investigations")),
        ],
        default=Remedy.ASSIGN,
        validators=[InputRequired(_l("Choose one."))],
    )
    to_id = SelectField(_l("To whom?"), coerce=read_uuid, validate_choice=False)
    reason = StringField(
        _l("Reason, or a note for the colleague"),
        validators=[Length(max=500, message=_l("This is too long: shorten it, please."))],
    )
