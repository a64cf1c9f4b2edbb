"""The profile: all that counts in it, and where it is in force."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import make_response, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.db import let_go
from portal.core.errors import NotFoundError
from portal.core.forms import read_uuid
from portal.parental import queries
from portal.parental.asking.queries import open_questions, service_of
from portal.parental.categories.queries import thin_codes
from portal.parental.forms import BonusForm, CheckForm, SearchForm, SiteForm, SwitchesForm
from portal.parental.models import Profile
from portal.parental.presets import PRESETS
from portal.parental.proving import ask_resolvers, proof_of
from portal.parental.sites import Action
from portal.parental.views.blueprint import bp, profile_here
from portal.parental.week import bedtime, picture, place_in_week
from portal.parental.words import closed_at_times, day_names, told

FEW = 8


@bp.route("")
@bp.route("/profiles/<uuid:profile_id>")
@allow(Permission.PARENTAL_EDIT)
def show_profile(account_id: UUID, profile_id: UUID | None = None) -> ResponseReturnValue:
    profiles = queries.profiles_of(principal().account)
    if not profiles and profile_id is None:
        return render("parental/not_connected.html", account_id=account_id)
    profile = _chosen(profiles, profile_id)
    waiting = open_questions(principal().account)
    return render(
        "parental/show_profile.html",
        account_id=account_id,
        profiles=profiles,
        waiting=waiting,
        services=service_of(question.site for question, _profile in waiting),
        form=SiteForm(formdata=None),
        check_form=CheckForm(formdata=None),
        removed=queries.just_removed(profile, read_uuid(request.args.get("removed"))),
        **_settings(profile),
        **_lists(profile),
        **_proof(profile),
    )


def _chosen(profiles: Sequence[Profile], profile_id: UUID | None) -> Profile:
    """Return the profile that is asked for: Home, which comes first, if none is named."""
    for profile in profiles:
        if profile_id in {None, profile.id}:
            return profile
    raise NotFoundError


def _settings(profile: Profile) -> dict[str, Any]:
    settings, now = profile.settings, clock.now()
    return {
        "switches_form": SwitchesForm(
            formdata=None, codes=settings.closed, seen=profile.last_version
        ),
        "thin": thin_codes(),
        "search": SearchForm.of(settings, seen=profile.last_version),
        "bonus": BonusForm(formdata=None),
        "ages": PRESETS,
        "windows": told(settings.windows),
        "at_times": closed_at_times(settings.windows),
        "picture": picture(settings.windows),
        "day_names": day_names(),
        "here": place_in_week(now),
        "bedtime": bedtime(settings.windows, at=now, free_days=queries.free_days()),
    }


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
