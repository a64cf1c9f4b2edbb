"""The times of the week: painted or said as an interval, changed and taken out."""

import pytest

from portal.parental.models import CHILD
from portal.parental.settings import WHOLE_WEEK, TimeWindow, week_of
from tests.parental.factories import make_profile, set_up

FORM = "main form.stack"
REMOVE = "form[action$='/remove']"
LESSONS = TimeWindow(
    name="Lessons", closes=frozenset({"games"}), school_days=week_of({0: range(16, 28)})
)
NIGHT = TimeWindow(internet_off=True, school_days=1, free_days=1)


@pytest.fixture
def page_of(browser, alice, home):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    return lambda endpoint, **values: browser.get(f"parental.{endpoint}", **ids, **values)


@pytest.fixture
def add(page_of):
    return lambda **fields: page_of("add_window").submit(form=FORM, **fields)


@pytest.fixture
def windows(db, home):
    def read():
        db.refresh(home)
        return home.settings.windows

    return read


@pytest.fixture
def lessons(db, home):
    set_up(db, home, windows=(NIGHT, LESSONS))


def test_a_bedtime_is_said_as_an_interval(add, home, windows, newest_policy):
    page = add(days=["6", "0"], begins="43", ends="14")

    assert "Mon, Sun 21:30–07:00" in page.text.replace("Sun, Mon", "Mon, Sun")
    (night,) = windows()
    assert night.internet_off
    cells = {6: range(43, 48), 0: [*range(14), *range(43, 48)], 1: range(14)}
    assert night.school_days == night.free_days == week_of(cells)
    assert newest_policy(home).windows[0].internet_off


def test_a_time_is_painted(add, windows):
    add(
        what="chosen",
        categories=["games"],
        services=["youtube"],
        name="Lessons",
        week=["0-16", "4-47"],
    )

    (lessons,) = windows()
    assert lessons == TimeWindow(
        "Lessons",
        frozenset({"games", "youtube"}),
        school_days=week_of({0: [16], 4: [47]}),
        free_days=week_of({0: [16], 4: [47]}),
    )


def test_public_holidays_have_a_column(add, windows):
    page = add(week=["0-16", "7-20"], holidays="own")

    (night,) = windows()
    assert night.school_days == week_of({0: [16]})
    assert night.free_days == week_of(dict.fromkeys(range(7), (20,)))
    assert "public holidays 10:00–10:30" in page.text


def test_an_empty_column_means_not_on_holidays(add, windows):
    page = add(week=["0-16"], holidays="own")

    assert windows()[0].free_days == 0
    assert "not on public holidays" in page.text


def test_a_column_that_would_be_lost_is_asked_about(add, windows):
    page = add(week=["7-20", "0-1"], holidays="same")

    assert page.status == 422
    assert "Something is painted in the column “Holidays”" in page.text
    painted = [box.get("value") for box in page.all(".paint input[checked]")]
    assert sorted(painted) == ["0-1", "7-20"]
    assert windows() == ()


def test_an_interval_can_be_left_open(page_of, db, home, windows):
    set_up(
        db,
        home,
        windows=(TimeWindow(internet_off=True, school_days=WHOLE_WEEK, free_days=WHOLE_WEEK),),
    )
    db.commit()

    page_of("edit_window", number=1).submit(
        form=FORM, does="open", days=["2"], begins="20", ends="22"
    )

    assert windows()[0].school_days == WHOLE_WEEK & ~week_of({2: [20, 21]})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "paint at least half an hour"),
        ({"what": "chosen", "week": ["0-1"]}, "Choose what this time of the week closes"),
        ({"week": ["0-1"], "name": "x" * 41}, "at most 40 letters"),
        ({"week": ["9-1"]}, "The grid did not arrive whole."),
        ({"week": ["0-48"]}, "The grid did not arrive whole."),
        ({"week": ["zero"]}, "The grid did not arrive whole."),
        ({"week": ["0-1"], "what": ""}, "Choose what is closed."),
        ({"week": ["0-1"], "what": "chosen", "categories": ["x"]}, "A category of this page"),
        ({"days": ["0"], "begins": "48"}, "Not a valid choice"),
        ({"days": ["9"]}, "valid choice"),
        ({"week": ["0-1"], "holidays": ""}, "public holidays"),
    ],
)
def test_what_closes_nothing_is_refused(add, windows, fields, words):
    page = add(**fields)

    assert page.status == 422
    assert words in page.text
    assert windows() == ()


def test_there_is_room_for_sixteen(add, db, home, windows):
    set_up(db, home, windows=(NIGHT,) * 16)

    page = add(week=["0-1"])

    assert "room for 16 times" in page.text
    assert len(windows()) == 16


def test_a_time_is_changed_in_its_place(page_of, lessons, windows):
    page = page_of("edit_window", number=2)
    assert page.value("name") == "Lessons"
    assert len(page.all(".paint input[checked]")) == 12

    page.submit(form=FORM, name="School", week=["0-16"])

    assert [window.name for window in windows()] == ["", "School"]
    assert windows()[1].closes == {"games"}


def test_a_switch_tells_what_the_schedule_closes(page_of, lessons):
    assert "Games closed by the schedule: Lessons" in page_of("show_profile").text


def test_a_time_is_taken_out(page_of, lessons, windows):
    page = page_of("edit_window", number=1)

    after = page.submit(form=REMOVE, button="seen=1")

    assert "This time is taken out of the schedule." in after.text
    assert windows() == (LESSONS,)


def test_taking_out_twice_takes_one(page_of, browser, lessons, windows):
    page = page_of("edit_window", number=1)
    page.submit(form=REMOVE, button="seen=1")

    again = page.submit(form=REMOVE, button="seen=1")

    assert "Somebody changed this in the meantime." in again.text
    assert windows() == (LESSONS,)


@pytest.mark.parametrize("number", [0, 3, 99])
def test_what_is_not_there_is_not_taken_out(
    page_of, browser, alice, home, lessons, windows, number
):
    ids = {"account_id": alice.account_id, "profile_id": home.id, "number": number}

    assert browser.post("parental.remove_window", **ids).status == 302

    page = browser.get("parental.show_profile", account_id=alice.account_id)
    assert "not in the schedule any more" in page.text
    assert windows() == (NIGHT, LESSONS)


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_time_that_does_not_exist_is_not_found(page_of, lessons, number):
    assert page_of("edit_window", number=number).status == 404


def test_the_page_tells_when_bedtime_comes(page_of, db, home):
    set_up(
        db, home, windows=(TimeWindow(internet_off=True, school_days=week_of({6: range(43, 48)})),)
    )
    db.commit()

    page = page_of("show_profile")

    assert "It closes for bedtime: 22 November, 21:30." in page.text


def test_a_site_is_checked_at_any_time(page_of, db, alice, home, browser):
    child = make_profile(db, alice.account, kind=CHILD, name="Арман")
    set_up(db, child, windows=(NIGHT,))

    def check(profile, at=""):
        ids = {"account_id": alice.account_id, "profile_id": profile.id}
        return browser.get("parental.check_site", **ids, site="open.kz", at=at)

    assert "open.kz opens" in check(child).text
    night = check(child, "2026-11-23T00:10")
    assert "open.kz is closed" in night.text
    assert "It is bedtime" in night.text
    assert "At this time: 23 November, 00:10." in night.text
    assert "Until 23 November, 00:30." in night.text
    assert "open.kz opens" in night.follow("The whole home").text
    for odd in ("soon", "9999-12-31T23:59", "1066-01-01T00:00"):
        assert check(child, odd).status == 422
