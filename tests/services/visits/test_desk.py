"""The dispatcher's day: the visits, and the places of technicians."""

import pytest
from sqlalchemy import text

from tests.services.visits.factories import MORNING, fill, taken


@pytest.mark.parametrize("city", ["%00", "x" * 100, "%ED%A0%80", "almaty'--"])
def test_an_area_that_cannot_be_does_no_harm(desk, places, city):
    page = desk("2026-11-29 08:00").open(
        f"/staff/visits?city={city}&district={city}&day=2026-02-31"
    )

    assert page.status == 200


def test_the_dispatcher_changes_the_places(desk, alices, alice, db, waiting):
    browser = desk("2026-11-22 17:00")
    empty = browser.get("visits.list_visits")
    assert "No technicians are known yet" in empty.text
    week = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 2, "friday": 2, "saturday": 1}
    page = empty.follow("Set the places")
    wrong = page.submit(form="main form", city="almaty", district="bostandyk", sunday="51", **week)
    assert wrong.status == 422
    assert "Write a number from 0 to 50." in wrong.text

    page = wrong.submit(form="main form", sunday="2")
    page = page.submit(form="form[action*='/day']", day="2026-11-24", places="0")

    assert "The places of this day are changed." in page.text
    assert "Tuesday, 24 November" in page.text
    alices.log_in(alice)
    times = alices.get("visits.choose_time", account_id=alice.account_id, order_id=waiting.id)
    days = {one.get("value")[:8] for one in times.all("[name=slot]")}
    assert {"20261124", "20261130"} & days == set()  # a day off, and a Monday
    assert {"20261125", "20261129", "20261201"} <= days


def test_a_day_gets_its_weekdays_places_back(desk, db, places):
    browser = desk("2026-11-22 17:00")
    path = browser.url("visits.change_places", city="almaty", district="bostandyk")
    page = browser.open(path).submit(form="form[action*='/day']", day="2026-11-29", places="5")
    assert "Sunday, 29 November 5" in page.text

    page = page.submit(form="form[action*='/day']", day="2026-11-29", places="")

    assert "Sunday, 29 November" not in page.text


def test_fewer_places_than_visits_take_nobodys_visit(desk, db, booked):
    browser = desk("2026-11-22 17:00")
    path = browser.url("visits.change_places", city="almaty", district="bostandyk")

    browser.open(path).submit(form="form[action*='/day']", day="2026-11-29", places="0")

    page = browser.get("visits.list_visits", day="2026-11-29")
    assert "1 of 0" in page.text
    assert taken(db) == {MORNING: 1}


def test_the_day_of_the_desk_asks_the_same_however_many_come(desk, db, booked, count_statements):
    desk("2026-11-29 08:00")
    few = count_statements("visits.list_visits", day="2026-11-29")
    fill(db, "2026-11-29 11:00", 9)
    rows = text(
        "insert into visit (id, account_id, order_id, city, district, starts_at, ends_at, state,"
        " sequence, booked_by_id, booked_at, changed_at, ended_at) select gen_random_uuid(),"
        " account_id, order_id, city, district, starts_at, ends_at, 'not_home', 1, booked_by_id,"
        " booked_at, changed_at, booked_at from visit cross join generate_series(1, 20)"
    )
    db.execute(rows)
    db.commit()

    assert count_statements("visits.list_visits", day="2026-11-29") == few <= 12


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_desk_speaks_three_languages(desk, db, booked, language):
    browser = desk("2026-11-29 08:00")
    for endpoint, values in (
        ("visits.list_visits", {"day": "2026-11-29"}),
        ("visits.record_result", {"visit_id": booked.id}),
        ("visits.change_places", {"city": "almaty", "district": "bostandyk"}),
    ):
        page = browser.get(endpoint, lang=language, **values)
        assert page.status == 200
        assert ("visit" in page.text.lower()) is (language == "en")
