"""The switches of a profile, safe search, and the settings for an age."""

from dataclasses import replace
from uuid import UUID

from flask import flash
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.parental import actions
from portal.parental.categories.queries import thin_codes
from portal.parental.categories.registry import registry
from portal.parental.forms import SearchForm, SeenForm, SwitchesForm
from portal.parental.history import Act, difference
from portal.parental.models import Profile
from portal.parental.presets import PRESETS, Age, settings_for
from portal.parental.settings import ProfileSettings
from portal.parental.views.blueprint import back, bp, is_saved, profile_here
from portal.parental.words import names_of, told


@bp.route("/profiles/<uuid:profile_id>/categories", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def change_categories(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = SwitchesForm(codes=profile.settings.closed, seen=profile.last_version)

    def change(before: ProfileSettings) -> ProfileSettings:
        return replace(before, closed=form.codes)

    if form.validate_on_submit() and is_saved(form, profile, Act.SWITCHED, change):
        flash(_("What is closed is saved."))
        return back(account_id, profile)
    return render_form(
        "parental/change_categories.html",
        form,
        account_id=account_id,
        profile=profile,
        thin=thin_codes(),
    )


@bp.route("/profiles/<uuid:profile_id>/search", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def change_search(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    settings = profile.settings
    form = SearchForm(
        safe_search=settings.safe_search, youtube=settings.youtube, seen=profile.last_version
    )

    def change(before: ProfileSettings) -> ProfileSettings:
        return replace(before, safe_search=form.safe_search.data, youtube=form.youtube.data)

    if form.validate_on_submit() and is_saved(form, profile, Act.SEARCH, change):
        flash(_("Safe search and YouTube are saved."))
        return back(account_id, profile)
    return render_form("parental/change_search.html", form, account_id=account_id, profile=profile)


@bp.route("/profiles/<uuid:profile_id>/ages/<string:age>", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def take_age(account_id: UUID, profile_id: UUID, age: str) -> ResponseReturnValue:
    profile, chosen = profile_here(profile_id), _age(age)
    form = SeenForm(seen=profile.last_version)
    if form.validate_on_submit():
        try:
            actions.take_preset(profile, chosen, by=principal().user, seen=form.seen_version)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The settings are taken; change what you like."))
            return back(account_id, profile)
    return _age_page(form, profile, chosen)


def _age(written: str) -> Age:
    if written in list(Age):
        return Age(written)
    raise NotFoundError


def _age_page(form: SeenForm, profile: Profile, age: Age) -> ResponseReturnValue:
    before = profile.settings
    after = settings_for(age, before, known=registry())
    return render_form(
        "parental/take_age.html",
        form,
        account_id=profile.account_id,
        profile=profile,
        age=age,
        presets=PRESETS,
        after=after,
        difference=difference(before, after),
        names_of=names_of,
        told=told,
    )
