"""Checking a site: the resolvers' matcher answers on the page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.parental import checking
from portal.parental.categories.registry import mask_of
from portal.parental.policy import OwnRule, Policy, Window
from portal.parental.settings import WHOLE_WEEK, ProfileSettings, TimeWindow, YouTube, week_of
from portal.parental.sites import Action
from portal.parental.verdict import NO_FREE_DAYS
from tests.parental.categories.rows import add_release
from tests.parental.factories import make_rule, set_up


@pytest.fixture
def check(browser, db, alice, home):
    make_rule(db, home, "casino.com")
    make_rule(db, home, "good.casino.com", Action.ALLOW)
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    return lambda site: browser.get("parental.check_site", **ids, site=site)


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ("https://www.casino.com/x", ("www.casino.com is closed", "your rule for casino.com")),
        ("good.casino.com", ("good.casino.com opens", "sites that always open")),
        ("open.kz", ("open.kz opens", "No rule of yours")),
        ("www.egov.kz", ("www.egov.kz opens", "can’t be closed")),
    ],
)
def test_a_site_is_open_or_closed_by_a_rule(check, site, words):
    page = check(site)

    assert page.status == 200
    for each in words:
        assert each in page.text


@pytest.mark.parametrize(
    ("site", "level", "words"),
    [
        ("youtube.com", YouTube.STRICT, "YouTube shows what suits children only."),
        ("m.youtube.com", YouTube.MODERATE, "YouTube leaves out what is for adults."),
        ("www.google.kz", YouTube.OFF, "Search engines show safe results only."),
    ],
)
def test_what_a_rule_opens_stays_safe(check, db, home, site, level, words):
    set_up(db, home, safe_search=True, youtube=level)
    make_rule(db, home, site, Action.ALLOW)
    db.commit()

    text = check(site).text

    assert f"{site} opens" in text
    assert words in text


def test_other_sites_are_what_they_are(check, db, home):
    set_up(db, home, safe_search=True, youtube=YouTube.STRICT)
    db.commit()

    for site in ("music.youtube.com", "mail.google.com", "open.kz"):
        assert "YouTube shows" not in check(site).text


def test_until_when_is_told(check, db, home, noon):
    make_rule(db, home, "brief.kz", expires_at=noon + timedelta(minutes=15))

    assert "Until 22 November, 17:15" in check("brief.kz").text


def test_a_pause_closes_everything(check, db, home, noon):
    home.paused_until = noon + timedelta(hours=1)
    db.commit()

    page = check("good.casino.com")

    assert "good.casino.com is closed" in page.text
    assert "The internet is paused." in page.text
    assert "22 November, 18:00" in page.text


@pytest.mark.parametrize(("site", "words"), [("", "Write a site"), ("com.kz", "ending of")])
def test_what_is_no_site_is_refused(check, site, words):
    page = check(site)

    assert page.status == 422
    assert words in page.text


def closing(db, profile, **settings):
    """Let a profile have these settings, and a release have a few names."""
    profile.settings = ProfileSettings(**settings)
    add_release(
        db, 1, {"youtube.com": mask_of(["youtube", "video"]), "poker.kz": mask_of(["gambling"])}
    )
    db.commit()


def test_a_category_of_the_operator_answers_with_its_name(check, db, home):
    closing(db, home, closed=frozenset({"youtube", "adult"}))

    page = check("m.youtube.com")

    assert "m.youtube.com is closed" in page.text
    assert "You close: YouTube. Their list has youtube.com." in page.text
    assert "poker.kz opens" in check("poker.kz").text


def test_a_rule_that_allows_wins_over_a_category(check, db, home):
    closing(db, home, closed=frozenset({"youtube"}))
    make_rule(db, home, "kids.youtube.com", Action.ALLOW)

    assert "kids.youtube.com opens" in check("kids.youtube.com").text


def test_a_time_of_the_week_answers_with_what_it_closes(check, db, home):
    window = TimeWindow(
        name="Lessons", closes=frozenset({"gambling"}), school_days=WHOLE_WEEK, free_days=WHOLE_WEEK
    )
    closing(db, home, windows=(window,))

    page = check("www.poker.kz")

    assert "At this time of the week you close: Gambling. Their list has poker.kz." in page.text


def test_bedtime_is_told(check, db, home):
    window = TimeWindow(internet_off=True, school_days=WHOLE_WEEK, free_days=WHOLE_WEEK)
    closing(db, home, windows=(window,))

    assert "It is bedtime: the internet is off." in check("anything.kz").text


def test_the_answer_takes_a_fixed_number_of_statements(check, db, alice, home, count_statements):
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    closing(db, home, closed=frozenset({"youtube"}))
    one = count_statements("parental.check_site", **ids, site="youtube.com")

    assert count_statements("parental.check_site", **ids, site="a.b.c.d.youtube.com") == one <= 14


def test_a_site_that_stays_closed_after_a_pause_has_no_end(check, db, home, noon):
    home.paused_until = noon + timedelta(hours=1)
    db.commit()

    page = check("casino.com")

    assert "The internet is paused." in page.text
    assert "18:00" not in page.text


def test_a_pause_in_bedtime_ends_with_bedtime(check, db, home, noon):
    sunday_evening = week_of({6: range(34, 44)})  # 17:00-22:00
    closing(db, home, windows=(TimeWindow(internet_off=True, school_days=sunday_evening),))
    home.paused_until = noon + timedelta(hours=1)
    db.commit()

    assert "Until 22 November, 22:00" in check("open.kz").text


NIGHT = week_of({day: range(43, 48) for day in range(7)})
EVENING = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 21:30 in Almaty
GOOD = OwnRule("good.kz", Action.ALLOW)


@pytest.mark.parametrize(
    ("site", "policy", "until"),
    [
        ("open.kz", Policy(), None),
        ("open.kz", Policy(windows=(Window(0, internet_off=True, school_days=NIGHT),)), EVENING),
        (
            "open.kz",
            Policy(
                windows=(Window(0, internet_off=True, school_days=NIGHT),),
                bonus_until=int(EVENING.timestamp()) + 599,
            ),
            EVENING + timedelta(seconds=599),
        ),
        (
            "good.kz",
            Policy(windows=(Window(0, internet_off=True, school_days=NIGHT),), rules=(GOOD,)),
            None,
        ),
        (
            "good.kz",
            Policy(
                rules=(
                    replace(GOOD, expires=int(EVENING.timestamp()) + 1),
                    OwnRule("good.kz", Action.BLOCK),
                )
            ),
            EVENING + timedelta(seconds=1),
        ),
        ("good.kz", Policy(rules=(replace(GOOD, expires=int(EVENING.timestamp())),)), None),
    ],
)
def test_an_open_site_says_when_it_closes(site, policy, until, noon):
    found = checking.check(policy, site, at=noon, free_days=NO_FREE_DAYS)

    assert (found.is_closed, found.until) == (False, until)


def test_the_page_says_until_when_a_site_is_open(check, db, home):
    night = TimeWindow(internet_off=True, school_days=NIGHT, free_days=NIGHT)
    set_up(db, home, windows=(night,))
    db.commit()

    assert "Until 22 November, 21:30." in check("open.kz").text
