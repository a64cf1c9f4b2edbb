"""Changing what a profile closes and when, and going back to how it was."""

from collections.abc import Callable

from sqlalchemy import update

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l
from portal.parental import queries
from portal.parental.categories.registry import registry
from portal.parental.history import Act, RuleKey
from portal.parental.models import Profile, Rule, SavedVersion
from portal.parental.presets import Age, settings_for
from portal.parental.publisher import save
from portal.parental.settings import ProfileSettings

Change = Callable[[ProfileSettings], ProfileSettings]


def change_settings(
    profile: Profile, act: Act, change: Change, *, by: User, seen: int | None = None
) -> SavedVersion | None:
    """Save the settings that `change` makes of those in force; None if they are the same.

    `seen` is the number of the version that the page showed: if the settings were changed since,
    nothing is saved. Records `parental.settings_changed`. Raises RuleError then, and as
    ProfileSettings.checked does.
    """
    queries.lock(profile)
    before = profile.settings
    if seen is not None and before != _settings_at(profile, seen):
        raise RuleError(
            _l("Somebody changed this in the meantime. Look at what stands now, then save again.")
        )
    after = change(before.without_unknown(_known())).checked(_known())
    if after == before:
        return None
    profile.settings = after
    return _saved(profile, act, by=by)


def take_preset(
    profile: Profile, age: Age, *, by: User, seen: int | None = None
) -> SavedVersion | None:
    """Take over the settings of an age; None if nothing changes. Lists stay as they are.

    Raises RuleError as `change_settings` does.
    """
    version = change_settings(
        profile,
        Act.PRESET,
        lambda before: settings_for(age, before, known=registry()),
        by=by,
        seen=seen,
    )
    profile.preset = age
    return version


def restore_version(profile: Profile, number: int, *, by: User) -> SavedVersion | None:
    """Make lists and settings again what they were in a version; None if they are that already.

    What has ended by itself since stays ended. Records `parental.settings_changed`.
    Raises NotFoundError if the version is not kept.
    """
    queries.lock(profile)
    settings = queries.version_of(profile, number).settings.without_unknown(_known())
    changed = _restore_rules(profile, number)
    if not changed and settings == profile.settings:
        return None
    profile.settings = settings
    return _saved(profile, Act.RESTORED, by=by, number=number)


def _known() -> set[str]:
    return {each.code for each in registry()}


def _settings_at(profile: Profile, number: int) -> ProfileSettings:
    try:
        return queries.version_of(profile, number).settings
    except NotFoundError:
        return ProfileSettings() if number == 0 else profile.settings


def _restore_rules(profile: Profile, number: int) -> bool:
    now, version = clock.now(), profile.next_version
    standing = {RuleKey.of(rule): rule for rule in queries.rules_at(profile, profile.last_version)}
    wanted = {
        RuleKey.of(rule): rule
        for rule in queries.rules_at(profile, number)
        if rule.expires_at is None or rule.expires_at > now
    }
    gone = [rule.id for key, rule in standing.items() if key not in wanted]
    session.execute(
        update(Rule)
        .where(Rule.profile_id == profile.id, Rule.id.in_(gone))
        .values(removed_at=now, removed_in=version)
    )
    come = [rule for key, rule in wanted.items() if key not in standing]
    session.add_all(rule.copy(version=version, now=now) for rule in come)
    return bool(gone or come)


def _saved(profile: Profile, act: Act, *, by: User, **values: int) -> SavedVersion:
    version = save(profile, act, by=by, **values)
    audit.record("parental.settings_changed", subject=profile, actor=by, act=act)
    return version
