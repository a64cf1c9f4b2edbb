"""Parents see what is kept, and decide about the log of closed names."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from portal.core import clock
from portal.core.text import today
from portal.parental.counts.models import NO_BIT, parental_blocked_name, parental_count
from portal.parental.models import SavedVersion
from portal.parental.settings import ProfileSettings
from tests.parental.factories import make_profile

LOG = ProfileSettings(keeps_log=True)


def count(db, profile, outcome, bit=NO_BIT, times=1, days=0):
    db.execute(
        insert(parental_count).values(
            policy_id=profile.policy_id,
            account_id=profile.account_id,
            day_on=today() - timedelta(days=days),
            outcome=outcome,
            bit=bit,
            times=times,
        )
    )


def log(db, profile, name):
    db.execute(
        insert(parental_blocked_name).values(
            policy_id=profile.policy_id,
            account_id=profile.account_id,
            day_on=today(),
            name=name,
            outcome="own_block",
            bit=NO_BIT,
            times=3,
            last_at=clock.now(),
        )
    )


@pytest.fixture
def ids(browser, alice, home):
    browser.log_in(alice)
    return {"account_id": alice.account_id, "profile_id": home.id}


def names(db):
    return db.scalars(select(parental_blocked_name.c.name)).all()


def test_counts_are_drawn_by_category_and_day(browser, db, ids, home):
    count(db, home, "category", bit=0, times=1200)
    count(db, home, "own_block", times=7, days=6)
    count(db, home, "own_block", times=500, days=7)

    page = browser.get("counts.show_privacy", **ids)

    assert "Adult 0 0 0 0 0 0 1 200" in page.text
    assert "Closed sites 7 0 0 0 0 0 0" in page.text
    assert len(page.all("svg.chart")) == 1


def test_nothing_was_closed(browser, ids):
    page = browser.get("counts.show_privacy", **ids)

    assert "Nothing was closed in the last seven days." in page.text
    assert "It is off." in page.text


def test_the_log_is_turned_on_shown_and_turned_off(browser, db, ids, home, newest_policy):
    page = browser.get("counts.show_privacy", **ids).submit(form="main form", button="act=on")
    assert "The log is on." in page.text
    assert newest_policy(home).keeps_log
    assert db.scalars(select(SavedVersion.act)).all() == ["log"]
    log(db, home, "casino.com")
    page = browser.get("counts.show_privacy", **ids)
    assert "casino.com Closed sites; last on 22 November, 17:00 3" in page.text

    page = page.submit(form="main form", button="act=off")

    assert "what it held is deleted" in page.text
    assert not newest_policy(home).keeps_log
    assert names(db) == []


def test_the_log_is_deleted_and_stays_on(browser, db, ids, home, bob):
    home.settings = LOG
    other = make_profile(db, bob.account)
    log(db, home, "casino.com")
    log(db, other, "of-bob.com")

    page = browser.get("counts.show_privacy", **ids).submit(form="main form", button="act=delete")

    assert "Nothing stands in it yet." in page.text
    assert home.settings == LOG
    assert names(db) == ["of-bob.com"]


def test_what_was_asked_before_the_deletion_does_not_come_back(browser, db, ids, home, noon):
    browser.post("counts.show_privacy", {"act": "on"}, **ids)
    assert home.names_since == noon
    clock.freeze(noon + timedelta(minutes=1))

    browser.post("counts.show_privacy", {"act": "delete"}, **ids)
    assert home.names_since == clock.now()

    browser.post("counts.show_privacy", {"act": "off"}, **ids)
    assert home.names_since is None


def test_restoring_a_version_without_the_log_deletes_it(browser, db, ids, home):
    for act in ("on", "off", "on"):
        browser.post("counts.show_privacy", {"act": act}, **ids)
    log(db, home, "casino.com")

    browser.post("versions.show_version", {}, number=2, **ids)

    assert (names(db), home.names_since) == ([], None)
    browser.post("versions.show_version", {}, number=1, **ids)
    assert home.names_since == clock.now()


def test_names_of_before_are_not_shown_while_the_log_is_off(browser, db, ids, home):
    log(db, home, "casino.com")

    assert "casino.com" not in browser.get("counts.show_privacy", **ids).text


def test_turning_on_twice_is_one_version(browser, db, ids, home):
    for _ in range(2):
        browser.post("counts.show_privacy", {"act": "on"}, **ids)

    assert home.last_version == 1


def test_what_is_no_button_changes_nothing(browser, db, ids, home):
    home.settings = LOG
    log(db, home, "casino.com")

    browser.post("counts.show_privacy", {"act": "?"}, **ids)

    assert home.settings == LOG
    assert names(db) == ["casino.com"]
