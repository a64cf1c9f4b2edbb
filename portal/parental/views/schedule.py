"""The times of the week of a profile: painted, or said as intervals."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from flask import flash
from flask.typing import ResponseReturnValue

from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.parental.forms import SeenForm, WindowForm
from portal.parental.history import Act
from portal.parental.models import Profile
from portal.parental.settings import ProfileSettings, TimeWindow
from portal.parental.views.blueprint import back, bp, is_saved, profile_here
from portal.parental.words import day_names

Windows = tuple[TimeWindow, ...]


@bp.route("/profiles/<uuid:profile_id>/schedule/add", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def add_window(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = WindowForm(seen=profile.last_version)
    if form.validate_on_submit() and _saved(form, profile, lambda old: (*old, form.window)):
        return back(account_id, profile)
    return _page(form, profile, number=None)


@bp.route("/profiles/<uuid:profile_id>/schedule/<int:number>", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def edit_window(account_id: UUID, profile_id: UUID, number: int) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = WindowForm(window=_window(profile, number), seen=profile.last_version)

    def change(old: Windows) -> Windows:
        return (*old[: number - 1], form.window, *old[number:])

    if form.validate_on_submit() and _saved(form, profile, change):
        return back(account_id, profile)
    return _page(form, profile, number=number)


@bp.post("/profiles/<uuid:profile_id>/schedule/<int:number>/remove")
@allow(Permission.PARENTAL_EDIT)
def remove_window(account_id: UUID, profile_id: UUID, number: int) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    form = SeenForm()
    if not 1 <= number <= len(profile.settings.windows):
        flash(_("This time is not in the schedule any more."), "error")
    elif _saved(form, profile, lambda old: (*old[: number - 1], *old[number:])):
        flash(_("This time is taken out of the schedule."))
    else:
        flash(form.form_errors[0], "error")
    return back(account_id, profile)


def _window(profile: Profile, number: int) -> TimeWindow:
    """Return a time of the schedule; they are counted from 1. Raises NotFoundError."""
    windows = profile.settings.windows
    if 1 <= number <= len(windows):
        return windows[number - 1]
    raise NotFoundError


def _saved(form: SeenForm, profile: Profile, change: Callable[[Windows], Windows]) -> bool:
    def changed(settings: ProfileSettings) -> ProfileSettings:
        return replace(settings, windows=change(settings.windows))

    return is_saved(form, profile, Act.SCHEDULED, changed)


def _page(form: WindowForm, profile: Profile, *, number: int | None) -> ResponseReturnValue:
    return render_form(
        "parental/edit_window.html",
        form,
        account_id=profile.account_id,
        profile=profile,
        number=number,
        names=[*day_names(), _("Hol.")],
    )
