"""The profile: what is in force, pausing, and checking a site."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, make_response, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.db import let_go
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import read_uuid, render_form
from portal.core.text import gettext as _
from portal.parental import actions, queries
from portal.parental.categories.queries import categories_above
from portal.parental.categories.registry import codes_of, entry
from portal.parental.checking import Finding, check
from portal.parental.forms import CheckForm, PauseForm, SiteForm
from portal.parental.models import Profile
from portal.parental.proving import ask_resolvers, proof_of
from portal.parental.sites import Action
from portal.parental.views.blueprint import back, bp, limits, profile_here

FEW = 8


@bp.route("")
@bp.route("/profiles/<uuid:profile_id>")
@allow(Permission.PARENTAL_EDIT)
def show_profile(account_id: UUID, profile_id: UUID | None = None) -> ResponseReturnValue:
    profiles = queries.profiles_of(principal().account)
    if not profiles and profile_id is None:
        return render("parental/not_connected.html", account_id=account_id)
    profile = _chosen(profiles, profile_id)
    return render(
        "parental/show_profile.html",
        account_id=account_id,
        profiles=profiles,
        form=SiteForm(formdata=None),
        check_form=CheckForm(formdata=None),
        removed=queries.just_removed(profile, read_uuid(request.args.get("removed"))),
        **_lists(profile),
        **_proof(profile),
    )


def _chosen(profiles: Sequence[Profile], profile_id: UUID | None) -> Profile:
    """Return the profile that is asked for: Home, which comes first, if none is named."""
    for profile in profiles:
        if profile_id in {None, profile.id}:
            return profile
    raise NotFoundError


def _lists(profile: Profile) -> dict[str, Any]:
    return {
        "blocked": queries.sites_of(profile, Action.BLOCK, per_page=FEW),
        "allowed": queries.sites_of(profile, Action.ALLOW, per_page=FEW),
        "numbers": queries.numbers(profile),
    }


def _proof(profile: Profile) -> dict[str, Any]:
    """Ask each resolver, without keeping a transaction open meanwhile."""
    standing = queries.standing_of(profile)
    let_go()
    proof = proof_of(standing, ask_resolvers(standing))
    return {"profile": profile, "proof": proof, "now": clock.now()}


@bp.route("/profiles/<uuid:profile_id>/proof")
@allow(Permission.PARENTAL_EDIT)
def show_proof(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    page = render("parental/_proof.html", account_id=account_id, **_proof(profile_here(profile_id)))
    response = make_response(page)
    response.add_etag()
    return response.make_conditional(request)


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


@bp.route("/profiles/<uuid:profile_id>/check")
@allow(Permission.PARENTAL_EDIT)
def check_site(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = CheckForm(request.args)
    finding = None
    if "site" in request.args and form.validate():
        try:
            finding = _found(profile, form.site.data)
        except RuleError as error:
            form.refuse(error)
    return render_form(
        "parental/check_site.html",
        form,
        account_id=account_id,
        profile=profile,
        finding=finding,
        closed_by=[entry(code).name for code in codes_of(finding.mask)] if finding else [],
        now=clock.now(),
    )


def _found(profile: Profile, typed: str) -> Finding:
    policy = queries.policy_of(profile)
    return check(
        policy,
        typed,
        at=clock.now(),
        never_closed=limits().never_blocked,
        categories=categories_above,
    )
