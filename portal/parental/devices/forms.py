"""The shape of a device that a parent names."""

from wtforms import StringField
from wtforms.validators import InputRequired

from portal.core.forms import PortalForm
from portal.core.text import _l
from portal.parental.devices.models import LONGEST_NAME


class DeviceForm(PortalForm):
    """The name of a device."""

    name = StringField(
        _l("Name of the device"),
        description=_l("For example: Daniyar’s phone."),
        validators=[InputRequired(_l("Write a name, so that you know the device later."))],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )
