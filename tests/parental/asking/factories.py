"""Children's links and questions for tests; valid by default."""

from portal.core import clock, ids
from portal.core.db import digest
from portal.parental.asking.models import ChildLink, Question
from portal.parental.asking.secret import secret_for

KEY = "laptop-only-not-secret"


def make_link(db, profile, **more):
    """Give a profile its child's link; return the secret."""
    link_id = ids.uuid7()
    secret = secret_for(KEY, link_id)
    values = {"secret_hash": digest(secret), "made_at": clock.now()} | more
    db.add(ChildLink(id=link_id, account_id=profile.account_id, profile_id=profile.id, **values))
    db.flush()
    return secret


def make_question(db, profile, site="roblox.com", **more):
    """Let a child ask for a site."""
    question = Question(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        site=site,
        **{"asked_at": clock.now()} | more,
    )
    db.add(question)
    db.flush()
    return question
