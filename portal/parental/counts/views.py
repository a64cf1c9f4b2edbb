"""What is kept of a profile: counts, and the log of closed names if a parent wants it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.core import text
from portal.core.access import Permission, allow
from portal.core.text import _l
from portal.core.text import gettext as _
from portal.parental import queries as parental
from portal.parental.actions import change_settings
from portal.parental.categories.registry import registry
from portal.parental.counts import actions, queries
from portal.parental.counts.week import first_day, week_of_counts
from portal.parental.history import Act
from portal.parental.models import Profile
from portal.parental.verdict import Outcome

bp = Blueprint("counts", __name__, url_prefix="/a/<uuid:account_id>/parental-control")
_NAMES = {
    Outcome.PAUSE: _l("The pause"),
    Outcome.OWN_BLOCK: _l("Closed sites"),
    Outcome.BEDTIME: _l("Bedtime"),
    Outcome.WINDOW: _l("Times of the week"),
    Outcome.CATEGORY: _l("Categories"),
}


@bp.route("/profiles/<uuid:profile_id>/privacy", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def show_privacy(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = parental.profile_of(principal().account, profile_id)
    if request.method == "POST":
        flash(_changed(profile, request.form.get("act"), by=principal().user))
        return redirect(url_for(".show_privacy", account_id=account_id, profile_id=profile.id))
    return render_template(
        "parental/counts/show_privacy.html",
        account_id=account_id,
        profile=profile,
        keeps_log=profile.settings.keeps_log,
        **_figures(profile),
    )


def _changed(profile: Profile, act: str | None, *, by: User) -> str:
    """Do what the button says, and return the sentence for it."""
    if act == "delete":
        actions.forget_names(profile)
        return str(_("The log is deleted."))
    if act == "on":
        _keep_log(profile, is_on=True, by=by)
        return str(_("The log is on. The child’s page says so too."))
    if act == "off":
        _keep_log(profile, is_on=False, by=by)
        return str(_("The log is off, and what it held is deleted."))
    return str(_("Nothing was changed."))


def _keep_log(profile: Profile, *, is_on: bool, by: User) -> None:
    change_settings(profile, Act.LOG, lambda settings: replace(settings, keeps_log=is_on), by=by)


def _figures(profile: Profile) -> dict[str, Any]:
    outcomes = {outcome.value: str(name) for outcome, name in _NAMES.items()}
    bits = {entry.bit: entry.name for entry in registry()}
    today = text.today()
    week = week_of_counts(
        queries.counts_of(profile, since=first_day(today)),
        today=today,
        outcomes=outcomes,
        bits=bits,
    )
    is_kept = profile.settings.keeps_log
    labels = [f"{day:%d.%m}" for day in week.days]
    return {
        "week": week,
        "heads": [{"label": label, "num": True} for label in labels],
        "figures": list(zip(labels, week.totals, strict=True)),
        "names": queries.blocked_names_of(profile) if is_kept else [],
        "why": lambda name: bits.get(name.bit, "") or outcomes.get(name.outcome, name.outcome),
    }
