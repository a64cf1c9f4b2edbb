"""Pausing the internet of a profile and opening it again; one more hour."""

from typing import Any

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.notify.actions import notify
from portal.parental import queries
from portal.parental.models import Profile
from portal.parental.publisher import publish


def pause_profile(profile: Profile, *, hours: int, by: User) -> None:
    """Pause the internet of `profile` for `hours` (whole hours, 1 to 24) from now.

    Publishes the new policy, records `parental.profile_paused`, notifies the account's other
    parents. Raises RuleError as Profile.pause does, or if the option is not connected.
    Source: parental-control.md, "Now".
    """
    queries.lock(profile)
    if not profile.is_enforced:
        raise RuleError(_l("Connect Parental control first: without it nothing can be paused."))
    profile.pause(hours=hours, now=clock.now())
    publish(profile)
    audit.record("parental.profile_paused", subject=profile, actor=by, hours=hours)
    _tell(profile, "paused", by=by)


def resume_profile(profile: Profile, *, by: User) -> None:
    """End the pause of `profile` now.

    Publishes the new policy, records `parental.profile_resumed`, notifies the account's other
    parents. Raises RuleError if it is not paused.
    """
    queries.lock(profile)
    profile.resume(now=clock.now())
    publish(profile)
    audit.record("parental.profile_resumed", subject=profile, actor=by)
    _tell(profile, "resumed", by=by)


def give_bonus(profile: Profile, *, hours: int, by: User) -> None:
    """Suspend bedtime and times of the week for `hours` more; lists and categories still count.

    Publishes the new policy, records `parental.bonus_given`. Raises RuleError as
    Profile.give_bonus does, or if the option is not connected.
    """
    queries.lock(profile)
    if not profile.is_enforced:
        raise RuleError(_l("Connect Parental control first: without it no schedule is in force."))
    profile.give_bonus(hours=hours, now=clock.now())
    publish(profile)
    audit.record("parental.bonus_given", subject=profile, actor=by, hours=hours)


def end_bonus(profile: Profile, *, by: User) -> None:
    """Let the schedule count again now.

    Publishes the new policy, records `parental.bonus_ended`. Raises RuleError without a bonus.
    """
    queries.lock(profile)
    profile.end_bonus(now=clock.now())
    publish(profile)
    audit.record("parental.bonus_ended", subject=profile, actor=by)


def _tell(profile: Profile, happened: str, *, by: User) -> None:
    """Tell the other parents: of the home `parental.profile_…`, of a child `parental.child_…`."""
    kind = f"parental.{'profile' if profile.is_home else 'child'}_{happened}"
    values: dict[str, Any] = {"name": by.name, "child": profile.name}
    if profile.paused_until:
        values["until"] = profile.paused_until
    notify(
        queries.other_parents(profile, but=by),
        kind,
        link=f"/a/{profile.account_id}/parental-control/profiles/{profile.id}",
        account_id=profile.account_id,
        **values,
    )
