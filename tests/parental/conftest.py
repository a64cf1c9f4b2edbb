"""What tests of parental control share."""

import pytest
from sqlalchemy import select

from portal.parental.models import policy_log
from portal.parental.policy import decode
from tests.conftest import _sessions
from tests.parental.factories import make_profile


@pytest.fixture
def home(db, alice):
    """Give alice's Home profile, with the option connected."""
    return make_profile(db, alice.account)


@pytest.fixture
def page(browser, alice, home):
    """The page of alice's Home profile."""
    browser.log_in(alice)
    return browser.get("parental.show_profile", account_id=alice.account_id)


@pytest.fixture
def import_form(browser, alice, home):
    """The page on which alice takes over a list."""
    browser.log_in(alice)
    return browser.get("parental.import_list", account_id=alice.account_id, profile_id=home.id)


@pytest.fixture
def as_worker(app, db):
    """Let transactions of the app have the worker's role."""
    web = app.extensions["db_session_factory"]
    app.extensions["db_session_factory"] = _sessions(db.info["outer"], "kabinet_worker")
    yield
    app.extensions["db_session_factory"] = web


@pytest.fixture
def newest_policy(db):
    """Return the newest published policy of a profile: decoded, None if nothing is enforced."""

    def read(profile):
        query = (
            select(policy_log.c.blob)
            .where(policy_log.c.policy_id == profile.policy_id)
            .order_by(policy_log.c.seq.desc())
            .limit(1)
        )
        blob = db.scalar(query)
        return decode(blob) if blob else None

    return read
