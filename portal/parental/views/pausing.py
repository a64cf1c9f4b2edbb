"""Now: pausing the internet, one more hour, and the end of both."""

from uuid import UUID

from flask import flash
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.form_markup import blame
from portal.core.forms import render_form
from portal.core.text import clock_time
from portal.core.text import gettext as _
from portal.parental import actions
from portal.parental.forms import BonusForm, PauseForm
from portal.parental.views.blueprint import back, bp, profile_here


@bp.route("/profiles/<uuid:profile_id>/pause", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def pause_profile(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = PauseForm()
    if form.validate_on_submit():
        try:
            actions.pause_profile(profile, hours=form.hours.data, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The internet is paused."))
            return back(account_id, profile)
    return render_form("parental/pause_profile.html", form, account_id=account_id, profile=profile)


@bp.post("/profiles/<uuid:profile_id>/resume")
@allow(Permission.PARENTAL_EDIT)
def resume_profile(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    try:
        actions.resume_profile(profile, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("The internet is open again."))
    return back(account_id, profile)


@bp.post("/profiles/<uuid:profile_id>/more-time")
@allow(Permission.PARENTAL_EDIT)
def give_bonus(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = BonusForm()
    if form.validate_on_submit():
        try:
            actions.give_bonus(profile, hours=form.hours.data, by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            until = clock_time(profile.bonus_until) if profile.bonus_until else ""
            flash(_("The schedule waits until %(time)s.", time=until))
            return back(account_id, profile)
    flash(blame(form)[0][1], "error")
    return back(account_id, profile)


@bp.post("/profiles/<uuid:profile_id>/more-time/end")
@allow(Permission.PARENTAL_EDIT)
def end_bonus(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    try:
        actions.end_bonus(profile, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("The schedule counts again."))
    return back(account_id, profile)
