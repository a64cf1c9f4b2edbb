"""Let go of what is over."""

from datetime import timedelta

from sqlalchemy import delete

from portal.accounts.models import OneTimeSecret, UserSession
from portal.core import clock
from portal.core.db import session

SECRETS_STAY = timedelta(days=1)
SESSIONS_STAY = timedelta(days=90)


def tidy_sessions() -> None:
    """Delete one-time secrets a day after they are over, and sessions 90 days after their last use.

    What a secret asked for (an e-mail, a contract) goes with it; the audit keeps ids only.
    """
    now = clock.now()
    session.execute(delete(OneTimeSecret).where(OneTimeSecret.expires_at < now - SECRETS_STAY))
    session.execute(delete(UserSession).where(UserSession.seen_at < now - SESSIONS_STAY))
