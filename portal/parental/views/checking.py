"""Checking a site: is it open in this profile, now or at another time, and by what."""

from datetime import datetime
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.parental import queries
from portal.parental.categories.queries import categories_above
from portal.parental.categories.registry import codes_of
from portal.parental.checking import Finding, check
from portal.parental.forms import CheckForm
from portal.parental.models import Profile
from portal.parental.views.blueprint import bp, limits, profile_here
from portal.parental.words import names_of


@bp.route("/profiles/<uuid:profile_id>/check")
@allow(Permission.PARENTAL_EDIT)
def check_site(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = CheckForm(request.args)
    at, finding = form.moment or clock.now(), None
    if "site" in request.args and form.validate():
        try:
            finding = _found(profile, form.site.data, at)
        except RuleError as error:
            form.refuse(error)
    return render_form(
        "parental/check_site.html",
        form,
        account_id=account_id,
        profile=profile,
        profiles=queries.profiles_of(principal().account),
        finding=finding,
        at=at,
        closed_by=names_of(codes_of(finding.mask)) if finding else [],
    )


def _found(profile: Profile, typed: str, at: datetime) -> Finding:
    return check(
        queries.policy_of(profile),
        typed,
        at=at,
        free_days=queries.free_days(),
        never_closed=limits().never_blocked,
        categories=categories_above,
    )
