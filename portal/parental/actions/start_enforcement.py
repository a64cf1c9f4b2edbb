"""The option begins and ends: resolvers follow at once, the lists stay."""

from uuid import UUID

from sqlalchemy import Select, select, text, update
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit, clock, ids
from portal.core.db import session
from portal.parental.models import HOME, Profile, lease
from portal.parental.publisher import publish

# A session that begins at this moment (`take_session`) waits, or is seen by what follows.
_WAIT_FOR_LEASES = text("select pg_advisory_xact_lock(hashtext('lease'), hashtext(:account_id))")


def start_enforcement(account_id: UUID) -> Profile:
    """Enforce the account's profiles from now on; make its Home profile if it has none.

    Records `parental.enforcement_started`. A second time changes nothing.
    """
    session.execute(_WAIT_FOR_LEASES, {"account_id": str(account_id)})
    _make_home_profile(account_id)
    profile = session.scalars(_home(account_id)).one()
    if profile.is_enforced:
        return profile
    profile.is_enforced, profile.ended_at = True, None
    publish(profile)
    own = (lease.c.account_id == account_id, lease.c.policy_id.is_distinct_from(profile.policy_id))
    session.execute(update(lease).where(*own).values(policy_id=profile.policy_id))
    audit.record("parental.enforcement_started", subject=profile)
    return profile


def end_enforcement(account_id: UUID) -> None:
    """Enforce nothing for this account any more; its lists are kept for LISTS_KEPT.

    Records `parental.enforcement_ended`. A second time changes nothing.
    """
    profile = session.scalar(_home(account_id))
    if profile is None or not profile.is_enforced:
        return
    profile.is_enforced, profile.ended_at, profile.paused_until = False, clock.now(), None
    publish(profile)
    audit.record("parental.enforcement_ended", subject=profile)


def _make_home_profile(account_id: UUID) -> None:
    now = clock.now()
    statement = insert(Profile).values(
        id=ids.uuid7(),
        version=1,
        account_id=account_id,
        kind=HOME,
        name="",
        is_enforced=False,
        saved_at=now,
        created_at=now,
    )
    session.execute(
        statement.on_conflict_do_nothing(
            index_elements=["account_id"], index_where=text("kind = 'home'")
        )
    )


def _home(account_id: UUID) -> Select[Profile]:
    query = select(Profile).where(Profile.account_id == account_id, Profile.kind == HOME)
    return query.with_for_update().execution_options(populate_existing=True)
