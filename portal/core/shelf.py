"""The shelf of components, for people who build pages: only where DEBUG is on."""

from datetime import timedelta

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.forms import PortalForm
from portal.core.text import _l

bp = Blueprint("dev", __name__, url_prefix="/dev")

_TWO = [SelectChoice("one", _l("One")), SelectChoice("two", _l("Two"))]
_STARS = [SelectChoice(str(stars), str(stars)) for stars in range(1, 6)]


class ShelfForm(PortalForm):
    """One field of each kind."""

    name = StringField(_l("Name"), [InputRequired()], description=_l("As in the passport."))
    phone = TelField(_l("Phone"), [InputRequired()])
    site = StringField(_l("Site"))
    city = SelectField(_l("City"), choices=_TWO)
    words = TextAreaField(_l("Words"))
    files = MultipleFileField(_l("Files"))
    kind = RadioField(_l("Kind"), [InputRequired()], choices=_TWO)
    topics = SelectMultipleField(
        _l("Topics"), choices=_TWO, widget=ListWidget(), option_widget=CheckboxInput()
    )
    agree = BooleanField(_l("I agree"))
    is_on = BooleanField(_l("Switched on"))
    mode = RadioField(_l("Mode"), choices=_TWO, default="one")
    stars = RadioField(_l("Rating"), choices=_STARS, default="5")


@bp.route("/components", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def show_components() -> ResponseReturnValue:
    if not current_app.config["DEBUG"]:
        abort(404)
    form = ShelfForm()
    if request.method == "POST" or request.args.get("errors"):
        form.validate()
    due = clock.now() + timedelta(minutes=26)
    return render_template("dev/components.html", form=form, due=due)
