"""Saving and publishing a profile: the act, its version and its policy are one transaction."""

from sqlalchemy import insert

from portal.accounts.models import User
from portal.core import clock
from portal.core.db import session
from portal.parental import queries
from portal.parental.counts.actions import follow_log
from portal.parental.history import Act
from portal.parental.models import Profile, SavedVersion, policy_log
from portal.parental.policy import encode


def save(profile: Profile, act: Act, *, by: User | None, **values: str | int) -> SavedVersion:
    """Save what was changed as the profile's next version, and publish it.

    The profile must be locked (`queries.lock`) since before the change; rules that come or go
    carry `profile.next_version`. `values` are the words of the act's sentence.
    """
    profile.last_version = profile.next_version
    follow_log(profile)
    version = SavedVersion(
        account_id=profile.account_id,
        profile_id=profile.id,
        number=profile.last_version,
        act=act,
        values=values,
        by_name=by.name if by else "",
        stored_settings=profile.stored_settings,
        saved_at=clock.now(),
    )
    session.add(version)
    publish(profile)
    return version


def publish(profile: Profile) -> None:
    """Write the profile's policy into the log, from which every resolver takes it.

    The profile must be locked (`queries.lock`), so that of two saves the later holds both. An
    account without the option has an empty policy: nothing is enforced.
    """
    profile.saved_at = clock.now()
    session.flush()  # The policy is made of rows.
    is_in_force = profile.is_enforced and profile.removed_at is None
    blob = encode(queries.policy_of(profile)) if is_in_force else b""
    session.execute(
        insert(policy_log).values(
            policy_id=profile.policy_id, account_id=profile.account_id, blob=blob
        )
    )
