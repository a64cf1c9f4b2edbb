"""Reads of what differs between saved versions."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.parental.history import Difference, difference
from portal.parental.models import Profile, Rule, SavedVersion
from portal.parental.queries import rules_at, version_of
from portal.parental.settings import ProfileSettings


def kept_version(profile: Profile, number: int) -> SavedVersion:
    """Return a saved version of this profile. Raises NotFoundError for any other number."""
    if number > profile.last_version:
        raise NotFoundError
    return version_of(profile, number)


def version_before(profile: Profile, moment: datetime) -> SavedVersion | None:
    """Return what stood when `moment` came, if it is not what stands now."""
    query = (
        select(SavedVersion)
        .where(SavedVersion.profile_id == profile.id, SavedVersion.saved_at < moment)
        .order_by(SavedVersion.number.desc())
        .limit(1)
    )
    found = session.scalar(query)
    return None if found is None or found.number == profile.last_version else found


def changes_in(profile: Profile, version: SavedVersion) -> Difference | None:
    """Return what a version changed of the one before it; None if that is no longer kept."""
    before = version.number - 1
    settings = _settings_at(profile, before)
    if settings is None:
        return None
    return difference(
        settings,
        version.settings,
        old_rules=rules_at(profile, before),
        new_rules=rules_at(profile, version.number),
    )


def _settings_at(profile: Profile, number: int) -> ProfileSettings | None:
    if number == 0:
        return ProfileSettings()
    try:
        return version_of(profile, number).settings
    except NotFoundError:
        return None


def restoring(profile: Profile, version: SavedVersion, *, at: datetime) -> Difference:
    """Return what restoring a version would change of what stands; ended rules stay ended."""
    return difference(
        profile.settings,
        version.settings,
        old_rules=_live(rules_at(profile, profile.last_version), at),
        new_rules=_live(rules_at(profile, version.number), at),
    )


def _live(rules: Iterable[Rule], at: datetime) -> list[Rule]:
    return [rule for rule in rules if rule.expires_at is None or rule.expires_at > at]
