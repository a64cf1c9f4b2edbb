"""Pausing the internet, by hand and by the clock."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Role
from portal.core import clock
from portal.core.audit import AuditEvent
from portal.core.errors import RuleError
from portal.notify.models import Notification
from portal.parental.models import Profile, policy_log
from tests.cast import make_membership, make_user
from tests.parental.factories import make_profile


@pytest.mark.parametrize("hours", [-1, 0, 25])
def test_a_pause_lasts_1_to_24_hours(noon, hours):
    profile = Profile(name="Aliya")

    with pytest.raises(RuleError, match="1 to"):
        profile.pause(hours=hours, now=noon)

    assert not profile.is_paused(noon)


def test_a_pause_ends_by_itself(noon):
    profile = Profile(name="Aliya")
    profile.pause(hours=1, now=noon)

    assert profile.is_paused(noon + timedelta(minutes=59, seconds=59))
    assert not profile.is_paused(noon + timedelta(hours=1))


@pytest.fixture
def form(browser, alice, home):
    browser.log_in(alice)
    return browser.get("parental.pause_profile", account_id=alice.account_id, profile_id=home.id)


def test_a_parent_pauses_the_internet(form, db, home, noon, newest_policy):
    page = form.submit(hours="4")

    assert "The internet is paused" in page.text
    assert "21:00" in page.text  # Noon UTC and four hours, in Almaty.
    assert db.scalars(select(AuditEvent.kind)).all() == ["parental.profile_paused"]
    assert newest_policy(home).pause_until == int((noon + timedelta(hours=4)).timestamp())


def test_one_press_pauses_for_an_hour(browser, db, alice, home, noon, newest_policy):
    browser.log_in(alice)
    page = browser.get("parental.show_profile", account_id=alice.account_id)

    page.submit(form="form[action$='/pause']", button="hours=1")

    assert newest_policy(home).pause_until == int((noon + timedelta(hours=1)).timestamp())


def test_a_second_pause_is_refused_and_changes_nothing(browser, db, alice, home, form):
    second = browser.get("parental.pause_profile", account_id=alice.account_id, profile_id=home.id)
    form.submit(hours="1")

    page = second.submit(hours="24")

    assert page.status == 422
    assert "already paused" in page.text
    assert db.scalar(select(func.count()).select_from(AuditEvent)) == 1
    assert db.scalar(select(func.count()).select_from(policy_log)) == 1


@pytest.mark.parametrize("hours", ["0", "25", "-1", "soon", "1e9", ""])
def test_a_length_that_is_not_offered_is_refused(browser, db, alice, home, hours):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}

    assert browser.post("parental.pause_profile", {"hours": hours}, **ids).status == 422

    db.refresh(home)
    assert home.paused_until is None


def test_a_parent_opens_the_internet_again(form, db, home, newest_policy):
    page = form.submit(hours="24")

    after = page.submit(form="form[action$='/resume']")

    assert "The internet is open again." in after.text
    assert newest_policy(home).pause_until == 0


def test_opening_twice_says_so(browser, alice, home):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}

    assert browser.post("parental.resume_profile", **ids).status == 302

    page = browser.get("parental.show_profile", account_id=alice.account_id)
    assert "is not paused" in page.text


def test_when_the_time_is_over_the_page_says_open(form, browser, alice, noon):
    form.submit(hours="1")
    clock.freeze(noon + timedelta(hours=1))
    browser.log_in(alice)

    page = browser.get("parental.show_profile", account_id=alice.account_id)

    assert "The internet is open now" in page.text


def test_the_other_parents_are_told(form, db, alice, noon):
    father = make_user(db, "Dias")
    db.flush()
    make_membership(db, father, alice.account, Role.PARENT)
    db.commit()

    form.submit(hours="1")

    told = db.scalars(select(Notification)).all()
    assert [(each.user_id, each.kind) for each in told] == [(father.id, "parental.profile_paused")]


def test_without_the_option_nothing_can_be_paused(browser, db, alice, newest_policy):
    profile = make_profile(db, alice.account, is_enforced=False)
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": profile.id}

    page = browser.get("parental.pause_profile", **ids).submit(hours="1")

    assert page.status == 422
    assert "Connect Parental control first" in page.text
    assert newest_policy(profile) is None


def test_someone_elses_profile_is_not_found(browser, alice, bob, home):
    browser.log_in(bob)

    for account in (alice.account_id, bob.account_id):
        ids = {"account_id": account, "profile_id": home.id}
        assert browser.get("parental.pause_profile", **ids).status == 404
        assert browser.post("parental.pause_profile", {"hours": "1"}, **ids).status == 404


def test_who_may_only_look_may_not_pause(browser, carol, home, alice):
    browser.log_in(carol)
    ids = {"account_id": alice.account_id, "profile_id": home.id}

    assert browser.post("parental.pause_profile", {"hours": "1"}, **ids).status == 403
