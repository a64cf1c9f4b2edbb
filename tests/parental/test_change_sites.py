"""Adding sites, taking them out, and bringing them back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.parental.models import Rule, policy_log
from portal.parental.policy import OwnRule, Scope
from portal.parental.sites import Action
from tests.parental.factories import make_profile, make_rule

ADD = "form[action$='/sites/add']"


def names(db, action="block"):
    query = select(Rule.site).where(Rule.removed_at.is_(None), Rule.action == action)
    return sorted(db.scalars(query))


def test_a_parent_closes_a_site(page, db, home, newest_policy):
    after = page.submit(form=ADD, site="https://Casino.com/play?x=1", action="block")

    assert "casino.com is closed." in after.text
    assert "the whole site casino.com, not the page" in after.text
    assert newest_policy(home).rules == (OwnRule("casino.com", Action.BLOCK),)
    assert db.scalars(select(AuditEvent.kind)).all() == ["parental.site_added"]


def test_a_parent_opens_a_site_for_good(page, db, home, newest_policy):
    after = page.submit(form=ADD, site="*.қазақ.қаз", action="allow")

    assert "*.қазақ.қаз always opens." in after.text
    assert names(db, "allow") == ["xn--80aau21bd.xn--80ao21a"]
    assert newest_policy(home).rules[0].scope is Scope.SUBDOMAINS


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("com.kz", "ending of thousands"),
        ("egov.kz", "always stays open"),
        ("", "Write a site"),
        ("1.2.3.4", "address of a computer"),
        ("\u202e\u200b", "Write a site"),
        ("🙂.kz", "can’t be a site’s name"),
        ("a\0b.kz", "control characters"),
        ("x" * 1500, "too long"),
    ],
)
def test_what_is_no_site_is_refused_and_stays_in_the_field(page, db, typed, words):
    after = page.submit(form=ADD, site=typed)

    assert after.status == 422
    assert words in after.text
    assert names(db) == []
    if typed.isprintable():
        assert after.value("site") == typed


def test_a_www_name_asks_what_is_meant(page, db):
    asked = page.submit(form=ADD, site="www.youtube.com")

    assert asked.status == 422
    assert "All of youtube.com" in asked.text
    assert names(db) == []

    asked.submit(www="whole")
    assert names(db) == ["youtube.com"]


def test_a_www_name_alone_can_be_meant(page, db):
    page.submit(form=ADD, site="www.vimeo.com").submit(www="exact")

    assert names(db) == ["www.vimeo.com"]


def test_a_site_stands_once_in_a_list(page, db):
    after = page.submit(form=ADD, site="casino.com")

    again = after.submit(form=ADD, site="CASINO.com")

    assert "casino.com is closed already." in again.text
    assert names(db) == ["casino.com"]


def test_the_same_press_twice_is_one_site(page, db, browser):
    form = page.form(ADD)
    data = dict(form.form_values()) | {"site": "casino.com"}

    for _ in range(2):
        assert browser.send("POST", form.action, data=data).status in {302, 303}

    assert names(db) == ["casino.com"]
    assert db.scalar(select(func.count()).select_from(policy_log)) == 1


def test_a_removed_site_comes_back_by_undo(page, db, home, browser, alice, newest_policy):
    rule = make_rule(db, home, "casino.com", note="too loud")
    page = browser.get("parental.show_profile", account_id=alice.account_id)
    assert "too loud" in page.text

    after = page.submit(form=f"form[action$='{rule.id}/remove']")
    assert "casino.com is removed" in after.text
    assert newest_policy(home).rules == ()

    back = after.submit(form=f"form[action$='{rule.id}/restore']")
    assert "casino.com is back." in back.text
    assert newest_policy(home).rules == (OwnRule("casino.com", Action.BLOCK),)
    assert names(db) == ["casino.com"]


def test_undo_ends_after_ten_minutes(browser, db, alice, home, noon):
    browser.log_in(alice)
    rule = make_rule(db, home, removed_at=noon)
    clock.freeze(noon + timedelta(minutes=10))
    ids = {"account_id": alice.account_id, "profile_id": home.id, "rule_id": rule.id}

    assert browser.post("parental.restore_site", **ids).status == 302

    assert names(db) == []
    page = browser.get("parental.show_profile", account_id=alice.account_id, removed=rule.id)
    assert "too late" in page.text
    assert "is removed from the list" not in page.text


def test_undo_does_not_double_a_site_that_was_added_again(browser, db, alice, home, noon):
    browser.log_in(alice)
    rule = make_rule(db, home, removed_at=noon)
    make_rule(db, home)
    ids = {"account_id": alice.account_id, "profile_id": home.id, "rule_id": rule.id}

    assert browser.post("parental.restore_site", **ids).status == 302

    assert names(db) == ["casino.com"]


def test_removing_or_restoring_twice_changes_nothing_more(browser, db, alice, home):
    browser.log_in(alice)
    rule = make_rule(db, home)
    ids = {"account_id": alice.account_id, "profile_id": home.id, "rule_id": rule.id}

    for endpoint in ("remove_site", "remove_site", "restore_site", "restore_site"):
        assert browser.post(f"parental.{endpoint}", **ids).status == 302

    assert names(db) == ["casino.com"]
    assert db.scalar(select(func.count()).select_from(policy_log)) == 2


def test_a_rule_of_another_home_is_not_found(browser, db, alice, bob, home):
    foreign = make_rule(db, make_profile(db, bob.account), "secret.kz")
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id, "rule_id": foreign.id}

    assert browser.post("parental.remove_site", **ids).status == 404
    assert browser.post("parental.restore_site", **ids).status == 404
    stranger = {"account_id": alice.account_id, "profile_id": foreign.profile_id}
    assert browser.get("parental.list_sites", **stranger).status == 404
    assert names(db) == ["secret.kz"]


def test_a_full_profile_takes_no_more(page, db, home, app, monkeypatch):
    small = replace(app.config["SETTINGS"], parental_most_rules=2)
    monkeypatch.setitem(app.config, "SETTINGS", small)
    make_rule(db, home, "a.kz")
    make_rule(db, home, "b.kz")

    after = page.submit(form=ADD, site="c.kz")

    assert "it has room for 2" in after.text
    assert names(db) == ["a.kz", "b.kz"]


def test_without_the_option_lists_can_be_prepared_but_nothing_is_in_force(
    browser, db, alice, newest_policy, noon
):
    profile = make_profile(db, alice.account, is_enforced=False, ended_at=noon)
    browser.log_in(alice)
    page = browser.get("parental.show_profile", account_id=alice.account_id)

    assert "Nothing is closed now" in page.text
    assert "kept until 20 February 2027" in page.text
    after = page.submit(form=ADD, site="casino.com")

    assert names(db) == ["casino.com"]
    assert newest_policy(profile) is None
    assert "Not in force" in after.text


def test_before_the_option_was_ever_connected_the_page_says_how(browser, alice):
    browser.log_in(alice)

    page = browser.get("parental.show_profile", account_id=alice.account_id)

    assert "See the terms and connect" in page.text
    assert not page.all("main form")


def test_a_long_list_is_paged_and_searched(browser, db, alice, home):
    for number in range(60):
        make_rule(db, home, f"site-{number:02}.kz")
    make_rule(db, home, "xn--80aau21bd.xn--80ao21a")
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}

    page, seen = browser.get("parental.list_sites", **ids), []
    while True:
        seen += [item.text_content() for item in page.all(".thing b")]
        if not page.all("a[rel=next]"):
            break
        page = page.follow("Show more")

    assert len(seen) == len(set(seen)) == 61
    found = browser.get("parental.list_sites", **ids, find="-07")
    assert [item.text_content() for item in found.all(".thing b")] == ["site-07.kz"]
    assert "қазақ.қаз" in browser.get("parental.list_sites", **ids, find="Қазақ.қаз").text
    for odd in ("%", "_", "\\", "'", "\u0000", "💥"):
        assert "No such site" in browser.get("parental.list_sites", **ids, find=odd + "zz").text


def test_pages_ask_the_same_whatever_the_lists_hold(browser, db, alice, home, count_statements):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    make_rule(db, home, "first.kz")

    def counted():
        return [
            count_statements("parental.show_profile", account_id=alice.account_id),
            count_statements("parental.list_sites", **ids),
            count_statements("parental.show_proof", **ids),
        ]

    few = counted()
    for number in range(1000):
        make_rule(db, home, f"site-{number}.kz")

    assert counted() == few
    assert max(few) <= 14
