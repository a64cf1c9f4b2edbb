"""Parents look back at what was saved, see what differs, and restore it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.core import clock
from portal.core.db import session, transaction
from portal.parental import actions
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.models import Profile, Rule
from portal.parental.settings import ProfileSettings, TimeWindow, YouTube, week_of
from portal.parental.sites import Action
from tests.parental.factories import make_rule

WINDOW = TimeWindow(closes=frozenset({"games"}), school_days=week_of({0: [20]}))


@pytest.fixture
def saved(app, db, alice, home, noon):
    """Save three versions: two days ago, yesterday, and today."""
    db.commit()

    def save(days, change):
        clock.freeze(noon - timedelta(days=days))
        with app.app_context(), transaction(account_id=alice.account_id):
            change(session.get(Profile, home.id), session.get(User, alice.id))

    def add(site, action):
        return lambda profile, by: actions.add_site(
            profile, site=site, action=action, by=by, limits=Limits()
        )

    def close(profile, by):
        settings = ProfileSettings(
            closed=frozenset({"adult"}), windows=(WINDOW,), safe_search=True, youtube=YouTube.STRICT
        )
        actions.change_settings(profile, Act.SWITCHED, lambda _before: settings, by=by)

    save(2, add("casino.com", Action.BLOCK))
    save(1, add("kundelik.kz", Action.ALLOW))
    save(0, close)
    clock.freeze(noon)
    return home


@pytest.fixture
def ids(browser, alice, saved):
    browser.log_in(alice)
    return {"account_id": alice.account_id, "profile_id": saved.id}


def test_versions_are_listed_with_who_and_when(browser, ids):
    page = browser.get("versions.list_versions", **ids)

    for words in (
        "Categories and services were changed",
        "kundelik.kz was added to a list",
        "22 November, 17:00, Alice Akhmetova",
        "Something was changed today",
    ):
        assert words in page.text


def test_yesterday_is_restored_with_one_press(browser, db, ids, saved):
    page = browser.get("versions.list_versions", **ids).submit(form="main form")

    assert "Version 2 is in force again." in page.text
    assert "Version 2 was restored" in page.text
    assert saved.settings == ProfileSettings()
    assert saved.last_version == 4
    assert "Something was changed today" in page.text


def test_a_version_shows_what_it_changed_and_what_restoring_would(browser, ids):
    third = browser.get("versions.show_version", **ids, number=3).text
    first = browser.get("versions.show_version", **ids, number=1).text

    for words in ("that close Adult", "that come Games", "Safe search: on", "YouTube: strict"):
        assert words in third
    assert "this is what stands now" in third
    for words in (
        "Closed in addition 1 casino.com",
        "No longer always open 1 kundelik.kz",
        "that open Adult",
        "that go Games",
        "Safe search: off",
        "YouTube: no restriction",
    ):
        assert words in first


def test_restoring_twice_changes_once(browser, db, ids, saved):
    page = browser.get("versions.show_version", **ids, number=1)
    page.submit(form="main form")
    again = browser.post("versions.show_version", **ids, number=1)

    assert again.status == 302
    assert saved.last_version == 4
    standing = select(Rule.site).where(Rule.removed_at.is_(None))
    assert db.scalars(standing).all() == ["casino.com"]


def test_what_was_opened_for_a_time_does_not_take_the_place_of_a_lasting_rule(
    browser, db, ids, saved, noon
):
    lasting = db.scalars(select(Rule).where(Rule.site == "kundelik.kz")).one()
    lasting.removed_at, lasting.removed_in = noon, 3
    make_rule(
        db, saved, "kundelik.kz", Action.ALLOW, added_in=3, expires_at=noon - timedelta(hours=1)
    )

    page = browser.get("versions.show_version", **ids, number=2)
    assert "Always open in addition 1 kundelik.kz" in page.text
    page.submit(form="main form")

    standing = select(Rule.site, Rule.expires_at).where(Rule.removed_at.is_(None))
    assert set(db.execute(standing).all()) == {("casino.com", None), ("kundelik.kz", None)}


@pytest.mark.parametrize("number", [0, 4, 2**40])
def test_a_version_that_is_not_kept_is_not_found(browser, ids, number):
    assert browser.get("versions.show_version", **ids, number=number).status == 404
    assert browser.post("versions.show_version", **ids, number=number).status == 404


def test_history_goes_on_page_by_page(app, browser, db, alice, ids, saved):
    with app.app_context(), transaction(account_id=alice.account_id):
        profile, by = session.get(Profile, saved.id), session.get(User, alice.id)
        for number in range(26):
            actions.add_site(
                profile, site=f"s{number}.kz", action=Action.BLOCK, by=by, limits=Limits()
            )

    first = browser.get("versions.list_versions", **ids)
    second = first.follow("Show more")

    assert "casino.com was added" not in first.text
    assert "casino.com was added" in second.text
    assert "Something was changed today" in second.text


def test_nothing_was_saved_yet(browser, db, alice, home):
    browser.log_in(alice)
    page = browser.get("versions.list_versions", account_id=alice.account_id, profile_id=home.id)

    assert "Nothing has been changed yet" in page.text


def test_the_pages_have_a_fixed_number_of_statements(browser, db, ids, saved, count_statements):
    lists = count_statements("versions.list_versions", **ids)
    shows = count_statements("versions.show_version", **ids, number=2)
    for number in range(60):
        make_rule(db, saved, f"s{number}.kz", added_in=1)

    assert count_statements("versions.list_versions", **ids) == lists
    assert count_statements("versions.show_version", **ids, number=2) == shows
