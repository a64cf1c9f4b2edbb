"""Which of two rules wins, and rules that stand for a time or at certain times."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.parental.models import Rule
from portal.parental.sites import Action
from tests.parental.factories import make_rule

ADD = "form[action$='/sites/add']"


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (("casino.com", "block"), ("casino.com", "allow"), "“always open” wins"),
        (("casino.com", "block"), ("good.casino.com", "allow"), "good.casino.com stays open"),
        (("good.casino.com", "allow"), ("casino.com", "block"), "good.casino.com stays open"),
        (("bad.kz", "block"), ("bad.kz", "allow"), "bad.kz stays open"),
        (("x.good.kz", "block"), ("good.kz", "allow"), "x.good.kz stays closed"),
    ],
)
def test_the_page_says_who_wins_when_rules_collide(page, db, home, first, then, words):
    make_rule(db, home, *first)

    assert words in page.submit(form=ADD, site=then[0], action=then[1]).text


def test_a_name_that_only_looks_like_a_subdomain_collides_with_nothing(page, db, home):
    make_rule(db, home, "xgood.kz")

    after = page.submit(form=ADD, site="good.kz", action="allow")

    assert "good.kz always opens." in after.text
    assert "xgood.kz stays" not in after.text


def test_a_rule_that_has_ended_collides_with_nothing(page, db, home, noon):
    make_rule(db, home, "casino.com", Action.ALLOW, expires_at=noon - timedelta(minutes=1))

    after = page.submit(form=ADD, site="casino.com")

    assert "casino.com is closed." in after.text
    assert "stays open" not in after.text


@pytest.mark.parametrize(
    ("standing", "then", "words"),
    [
        (("x.kz", "allow", {"hours": 1}), ("x.kz", "block"), "x.kz is open until"),
        (("b.x.kz", "allow", {"hours": 1}), ("x.kz", "block"), "b.x.kz is open until"),
        (("b.x.kz", "block", {"hours": 1}), ("x.kz", "allow"), "b.x.kz is closed until"),
        (("x.kz", "allow", {"in_windows": True}), ("x.kz", "block"), "x.kz opens at the times"),
        (("b.x.kz", "block", {"in_windows": True}), ("x.kz", "allow"), "b.x.kz is closed at the"),
    ],
)
def test_a_rule_for_a_time_is_not_called_always_open(page, db, home, noon, standing, then, words):
    site, action, more = standing
    hours = more.pop("hours", None)
    make_rule(
        db, home, site, action, expires_at=noon + timedelta(hours=hours) if hours else None, **more
    )

    after = page.submit(form=ADD, site=then[0], action=then[1]).text

    assert words in after
    assert "“always open” wins when" not in after


@pytest.mark.parametrize(("was", "now"), [(True, "always"), (False, "in_windows")])
def test_a_rule_that_counts_at_other_times_gives_way(page, browser, db, home, was, now):
    make_rule(db, home, "casino.com", in_windows=was, note="bad")

    browser.post(
        "parental.add_site",
        {"site": "casino.com", "action": "block", "when": now},
        account_id=home.account_id,
        profile_id=home.id,
    )

    query = select(Rule.in_windows, Rule.note).where(Rule.removed_at.is_(None))
    assert db.execute(query).all() == [(not was, "bad")]


def test_times_and_note_of_a_rule_are_changed(page, browser, db, home, newest_policy):
    rule = make_rule(db, home, "casino.com", note="bad")
    where = {"account_id": home.account_id, "profile_id": home.id, "rule_id": rule.id}

    after = browser.get("parental.edit_site", **where).submit(
        form="main form", when="in_windows", note="worse"
    )

    assert "The rule for casino.com is saved." in after.text
    assert "“worse”" in after.text
    query = select(Rule.in_windows, Rule.note, Rule.added_in).where(Rule.removed_at.is_(None))
    assert db.execute(query).all() == [(True, "worse", 1)]
    assert newest_policy(home).rules[0].in_windows
    browser.post("parental.edit_site", {"when": "always"}, **where)  # It stands no more.
    assert home.last_version == 1


def test_a_note_that_is_too_long_is_refused(page, browser, db, home):
    rule = make_rule(db, home, "casino.com")
    where = {"account_id": home.account_id, "profile_id": home.id, "rule_id": rule.id}

    after = browser.post("parental.edit_site", {"when": "always", "note": "a" * 121}, **where)

    assert after.status == 422
    assert home.last_version == 0
