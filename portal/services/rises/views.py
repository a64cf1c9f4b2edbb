"""The page on which the catalogue manager announces a rise."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog.models import Offering
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.core.text import today
from portal.services.rises import actions, queries
from portal.services.rises.forms import RiseForm
from portal.services.rises.raising import earliest

bp = Blueprint("rises", __name__, url_prefix="/staff/catalogue")


@bp.route("/offerings/<string:code>/rise", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_EDIT)
def announce_rise(code: str) -> ResponseReturnValue:
    offering = queries.offering_of_rise(code)
    form = RiseForm(request.form if request.method == "POST" else request.args)
    if form.validate_on_submit():
        try:
            actions.announce_rise(
                offering, monthly=form.monthly.data, from_on=form.from_on.data, by=principal().user
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The rise is announced: customers are being told."))
            return redirect(url_for(".announce_rise", code=code), 303)
    return render_form(
        "services/rises/announce_rise.html",
        form,
        offering=offering,
        counts=_counts(offering, form),
        earliest=earliest(today()),
        rises=queries.rises_of(offering),
    )


def _counts(offering: Offering, form: RiseForm) -> tuple[int, int] | None:
    """Return whom the rise would reach; None while it cannot be announced."""
    if not form.is_filled or form.is_refused:
        return None
    try:
        actions.check_day(offering, form.from_on.data)
    except RuleError as error:
        form.refuse(error)
        return None
    return queries.reached(offering, form.monthly.data, form.from_on.data)
