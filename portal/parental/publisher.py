"""Publishing a profile: the save and its policy are one transaction."""

from sqlalchemy import insert

from portal.core import clock
from portal.core.db import session
from portal.parental import queries
from portal.parental.models import Profile, policy_log
from portal.parental.policy import encode


def publish(profile: Profile) -> None:
    """Write the profile's policy into the log, from which every resolver takes it.

    The profile must be locked (`queries.lock`), so that of two saves the later holds both. An
    account without the option has an empty policy: nothing is enforced.
    """
    profile.saved_at = clock.now()
    session.flush()  # The policy is made of rows.
    blob = encode(queries.policy_of(profile)) if profile.is_enforced else b""
    session.execute(
        insert(policy_log).values(
            policy_id=profile.policy_id, account_id=profile.account_id, blob=blob
        )
    )
