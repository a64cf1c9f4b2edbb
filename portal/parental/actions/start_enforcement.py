"""The option begins, rests and ends: resolvers follow at once, the lists stay."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit, clock, ids
from portal.core.db import session
from portal.parental.models import HOME, Profile, lease
from portal.parental.publisher import publish

# A session that begins at this moment (`take_session`) waits, or is seen by what follows.
_WAIT_FOR_LEASES = text("select pg_advisory_xact_lock(hashtext('lease'), hashtext(:account_id))")


def start_enforcement(account_id: UUID) -> Profile:
    """Enforce the account's profiles from now on; make its Home profile if it has none.

    Return the Home profile. Records `parental.enforcement_started`. A second time changes nothing.
    """
    session.execute(_WAIT_FOR_LEASES, {"account_id": str(account_id)})
    _make_home_profile(account_id)
    profiles = _profiles(account_id)
    home = next(profile for profile in profiles if profile.is_home)
    if home.is_enforced:
        return home
    for profile in profiles:
        profile.is_enforced, profile.ended_at = True, None
        publish(profile)
    own = (lease.c.account_id == account_id, lease.c.policy_id.is_distinct_from(home.policy_id))
    session.execute(update(lease).where(*own).values(policy_id=home.policy_id))
    audit.record("parental.enforcement_started", subject=home)
    return home


def end_enforcement(account_id: UUID) -> None:
    """Enforce nothing for this account any more; its lists are kept for LISTS_KEPT.

    Records `parental.enforcement_ended`. A second time changes nothing.
    """
    profiles = _profiles(account_id)
    _stop(profiles)
    for profile in profiles:
        if profile.ended_at is None:
            profile.ended_at = clock.now()
            if profile.is_home:
                audit.record("parental.enforcement_ended", subject=profile)


def rest_enforcement(account_id: UUID) -> None:
    """Enforce nothing while the option rests; its lists are kept until it works again or ends.

    Records `parental.enforcement_rests`. A second time changes nothing.
    """
    for home in (profile for profile in _stop(_profiles(account_id)) if profile.is_home):
        audit.record("parental.enforcement_rests", subject=home)


def _stop(profiles: Sequence[Profile]) -> Sequence[Profile]:
    """Let resolvers enforce nothing of these; return those of which they did."""
    stopped = [profile for profile in profiles if profile.is_enforced]
    for profile in stopped:
        profile.is_enforced = False
        profile.paused_until = profile.bonus_until = None
        publish(profile)
    return stopped


def _make_home_profile(account_id: UUID) -> None:
    now = clock.now()
    statement = insert(Profile).values(
        id=ids.uuid7(),
        version=1,
        account_id=account_id,
        kind=HOME,
        name="",
        is_enforced=False,
        stored_settings={},
        last_version=0,
        saved_at=now,
        created_at=now,
    )
    session.execute(
        statement.on_conflict_do_nothing(
            index_elements=["account_id"], index_where=text("kind = 'home'")
        )
    )


def _profiles(account_id: UUID) -> Sequence[Profile]:
    """Return the standing profiles of an account, locked, in one order for everybody."""
    query = (
        select(Profile)
        .where(Profile.account_id == account_id, Profile.removed_at.is_(None))
        .order_by(Profile.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()
