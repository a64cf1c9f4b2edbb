"""What all pages of parental control share."""

from uuid import UUID

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.errors import NotFoundError, RuleError
from portal.parental import actions, queries
from portal.parental.forms import SeenForm
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.models import Profile

bp = Blueprint("parental", __name__, url_prefix="/a/<uuid:account_id>/parental-control")


def limits() -> Limits:
    return Limits.of(current_app.config["SETTINGS"])


def profile_here(profile_id: UUID) -> Profile:
    """Return a profile of the account in the URL. Raises NotFoundError for anyone else's."""
    return queries.profile_of(principal().account, profile_id)


def child_here(profile_id: UUID) -> Profile:
    """Return a child's profile of the account in the URL. Raises NotFoundError, for Home too."""
    profile = profile_here(profile_id)
    if profile.is_home:
        raise NotFoundError
    return profile


def is_saved(form: SeenForm, profile: Profile, act: Act, change: actions.Change) -> bool:
    """Save the settings that `change` makes; if a rule refuses them, the form says why."""
    who = principal().user
    try:
        actions.change_settings(profile, act, change, by=who, seen=form.seen_version)
    except RuleError as error:
        form.refuse(error)
        return False
    return True


def back(account_id: UUID, profile: Profile) -> ResponseReturnValue:
    """Lead to the page of a profile."""
    return redirect(url_for(".show_profile", account_id=account_id, profile_id=profile.id))
