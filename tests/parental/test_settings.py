"""Switches, safe search, the settings for an age, one more hour, and rules of the schedule."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.parental.categories.registry import mask_of
from portal.parental.models import CHILD
from portal.parental.settings import WHOLE_WEEK, TimeWindow, YouTube
from tests.parental.factories import make_profile, set_up

KINDS = "form[action$='/categories']"
SEARCH = "form[action$='/search']"
MORE = "form[action$='/more-time']"
NIGHT = TimeWindow(internet_off=True, school_days=WHOLE_WEEK)


@pytest.fixture
def page_of(browser, alice, home):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    return lambda endpoint, **values: browser.get(f"parental.{endpoint}", **ids, **values)


@pytest.fixture
def night(db, home):
    set_up(db, home, windows=(NIGHT,))
    return home


def test_switches_close_categories_and_services(page_of, home, newest_policy):
    page = page_of("show_profile").submit(form=KINDS, categories=["games"], services=["tiktok"])

    assert "What is closed is saved." in page.text
    assert newest_policy(home).categories == mask_of(["games", "tiktok"])
    on = [box.get("value") for box in page.all(f"{KINDS} input[type=checkbox][checked]")]
    assert on == ["games", "tiktok"]

    page.submit(form=KINDS, categories=[], services=[])
    assert newest_policy(home).categories == 0


@pytest.mark.parametrize("field", ["categories", "services"])
def test_a_category_that_is_gone_is_refused(page_of, home, newest_policy, field):
    page = page_of("change_categories").submit(**{field: ["nonsense"]})

    assert page.status == 422
    assert "A category of this page is gone." in page.text
    assert newest_policy(home) is None


def test_two_parents_at_once_do_not_overwrite_each_other(page_of, db, home):
    first, second = page_of("show_profile"), page_of("change_categories")
    first.submit(form=KINDS, categories=["games"])

    page = second.submit(categories=["video"])

    assert page.status == 422
    assert "Somebody changed this in the meantime." in page.text
    db.refresh(home)
    assert home.settings.closed == {"games"}


def test_a_category_that_the_operator_dropped_does_not_stop_a_change(page_of, db, home):
    gone = TimeWindow(closes=frozenset({"gone"}), school_days=1)
    set_up(db, home, closed=frozenset({"gone", "games"}), windows=(gone, NIGHT))

    page = page_of("change_search").submit(youtube="1")

    assert page.status == 200
    db.refresh(home)
    assert home.settings.closed == {"games"}
    assert home.settings.windows == (NIGHT,)


def test_safe_search_and_youtube_are_saved(page_of, home, newest_policy):
    page = page_of("show_profile").submit(form=SEARCH, safe_search="y", youtube="2")

    assert "are saved" in page.text
    assert (newest_policy(home).safe_search, newest_policy(home).youtube) == (True, YouTube.STRICT)
    page.submit(form=SEARCH, safe_search=[], youtube="0")
    assert (newest_policy(home).safe_search, newest_policy(home).youtube) == (False, YouTube.OFF)


@pytest.mark.parametrize("youtube", ["3", "-1", "strict", ""])
def test_a_level_that_does_not_exist_is_refused(page_of, home, newest_policy, youtube):
    assert page_of("change_search").submit(youtube=youtube).status == 422
    assert newest_policy(home) is None


def test_an_age_shows_what_it_changes_first(page_of, db, home, newest_policy):
    page = page_of("take_age", age="12-15")
    assert "Will be closed" in page.text
    assert "YouTube: Moderate" in page.text
    assert newest_policy(home) is None

    after = page.submit()

    assert "The settings are taken" in after.text
    assert newest_policy(home).youtube == YouTube.MODERATE
    again = page_of("take_age", age="12-15")
    assert "Nothing changes" in again.text
    assert "Will be open" in page_of("take_age", age="16+").text


def test_an_age_that_does_not_exist_is_not_found(page_of):
    assert page_of("take_age", age="40").status == 404


def test_one_more_hour_opens_bedtime_and_ends_by_itself(
    page_of, browser, alice, night, noon, newest_policy
):
    page = page_of("show_profile")
    assert "Bedtime: the internet is off" in page.text

    after = page.submit(form=MORE, button="hours=1")

    assert "The schedule waits until 18:00." in after.text
    assert newest_policy(night).bonus_until == int((noon + timedelta(hours=1)).timestamp())
    clock.freeze(noon + timedelta(hours=1))
    browser.log_in(alice)
    assert "Bedtime: the internet is off" in page_of("show_profile").text


def test_the_same_press_twice_is_one_hour(page_of, browser, night, noon, newest_policy):
    page = page_of("show_profile")
    form = page.form(MORE)
    data = dict(form.form_values()) | {"hours": "1"}

    for _ in range(2):
        assert browser.send("POST", form.action, data=data).status in {302, 303}

    assert newest_policy(night).bonus_until == int((noon + timedelta(hours=1)).timestamp())


def test_hours_add_up_to_three(page_of, night, noon, newest_policy):
    page = page_of("show_profile")
    for _ in range(4):
        page = page.submit(form=MORE, button="hours=1")

    assert "At most 3 more hours" in page.text
    assert newest_policy(night).bonus_until == int((noon + timedelta(hours=3)).timestamp())

    ended = page.submit(form="form[action$='/more-time/end']")
    assert "The schedule counts again." in ended.text
    assert newest_policy(night).bonus_until == 0


@pytest.mark.parametrize("hours", ["0", "4", "-1", "soon", ""])
def test_hours_that_are_not_offered_are_refused(page_of, browser, alice, night, hours):
    ids = {"account_id": alice.account_id, "profile_id": night.id}

    assert browser.post("parental.give_bonus", {"hours": hours}, **ids).status == 302

    assert "Bedtime: the internet is off" in page_of("show_profile").text


def test_ending_what_does_not_run_says_so(page_of, browser, alice, night):
    ids = {"account_id": alice.account_id, "profile_id": night.id}

    assert browser.post("parental.end_bonus", **ids).status == 302

    assert "There is no extra hour now" in page_of("show_profile").text


def test_a_site_can_be_closed_at_the_times_of_the_schedule_only(page_of, home, newest_policy):
    page = page_of("add_site").submit(site="game.kz", when="in_windows")

    assert "No time of the schedule counts sites of the list yet" in page.text
    assert "only at the times of the schedule" in page.text
    (rule,) = newest_policy(home).rules
    assert rule.in_windows


def test_pages_of_a_profile_ask_the_same_with_ten_children(
    browser, db, alice, home, count_statements
):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}

    def counted():
        endpoints = ("show_profile", "change_categories", "add_window", "check_site")
        return [count_statements(f"parental.{endpoint}", **ids) for endpoint in endpoints]

    few = counted()
    for number in range(10):
        make_profile(db, alice.account, kind=CHILD, name=f"Child {number}")
    set_up(db, home, windows=(NIGHT,) * 16)

    assert counted() == few
    assert max(few) <= 14
