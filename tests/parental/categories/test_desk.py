"""The manager looks at what waits, releases it, goes back; the canary has the last word."""

import pytest
from sqlalchemy import select, text

from portal.core.audit import AuditEvent
from portal.parental.categories.models import CategoryRelease
from portal.parental.categories.registry import FEWEST, mask_of
from tests.parental.categories.rows import add_release
from tests.parental.factories import make_profile

ADULT = mask_of(["adult"])
CHANGE = {"added": 1, "removed": 2, "added_samples": ["new.kz"], "removed_samples": ["old.kz"]}


@pytest.fixture
def desk(browser, gulnara):
    browser.log_in(gulnara)
    return browser


def numbers(db):
    query = select(CategoryRelease.number).order_by(CategoryRelease.number)
    return db.scalars(query.where(CategoryRelease.number.is_not(None))).all()


def test_a_draft_is_looked_at_and_released(desk, db):
    add_release(db, 1, {"old.kz": ADULT})
    add_release(db, None, {"new.kz": ADULT}, base=1, difference={"adult": CHANGE})
    assert "A release waits" in desk.get("categories.list_categories").text

    page = desk.get("categories.release_draft")
    for words in ("Closes now: 1. Opens now: 2.", "new.kz", "old.kz", "Release 1"):
        assert words in page.text
    page = page.submit()

    assert page.h1 == "Categories and services"
    assert "Release 2 is on its way" in page.text
    assert numbers(db) == [1, 2]
    event = db.scalars(select(AuditEvent).where(AuditEvent.kind == "categories.released")).one()
    assert event.details == {"number": 2}


def test_a_second_press_on_the_same_draft_releases_nothing(desk, db):
    add_release(db, None, {"new.kz": ADULT})
    page = desk.get("categories.release_draft")
    page.submit()

    again = page.submit()

    assert again.h1 == "Categories and services"
    assert numbers(db) == [1]


def test_a_draft_made_anew_under_the_page_is_looked_at_again(desk, db):
    old = add_release(db, None, {"new.kz": ADULT})
    page = desk.get("categories.release_draft")
    db.delete(old)
    db.flush()
    add_release(db, None, {"other.kz": ADULT})

    page = page.submit()

    assert page.status == 422
    assert "has been released or made anew" in page.text
    assert numbers(db) == []


def test_a_draft_that_closes_a_well_known_site_has_no_button_and_no_way(desk, db):
    draft = add_release(
        db, None, {"google.com": ADULT}, blocked=[["www.google.com", "google.com", ["adult"]]]
    )
    assert "would close well-known sites" in desk.get("categories.list_categories").text
    page = desk.get("categories.release_draft")
    assert "www.google.com, by the line “google.com” of: Adult" in page.text
    assert "Release to all resolvers" not in page.text

    page = desk.post("categories.release_draft", {"seen": str(draft.id)})

    assert page.status == 422
    assert "It would close google.com" in page.text
    assert numbers(db) == []


def test_going_back_is_one_press(desk, db):
    add_release(db, 1, {"old.kz": ADULT})
    add_release(db, 2, {"bad.kz": ADULT})

    assert "This release is in force." in desk.get("categories.roll_back", number=2).text
    page = desk.get("categories.roll_back", number=1).submit()

    assert "Release 3 is on its way" in page.text
    assert "back to release 1" in page.text
    assert numbers(db) == [1, 2, 3]


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [("1", 422, "Another release came meanwhile"), ("x", 404, ""), ("", 404, "")],
)
def test_going_back_from_a_page_of_yesterday_is_refused(desk, db, seen, status, words):
    add_release(db, 1)
    add_release(db, 2)

    page = desk.post("categories.roll_back", {"seen": seen}, number=1)

    assert page.status == status
    assert words in page.text
    assert numbers(db) == [1, 2]


def test_a_release_that_is_not_there_is_not_found(desk, db):
    assert desk.get("categories.roll_back", number=7).status == 404


def test_a_look_at_the_sources_is_asked_of_the_worker(desk, db):
    page = desk.get("categories.list_categories").submit()

    assert "The sources are looked at now." in page.text
    query = text("select task_name, lock from jobs.procrastinate_jobs")
    assert [tuple(row) for row in db.execute(query)] == [
        ("portal.parental.categories.jobs.look_at_sources", "categories")
    ]


def test_the_page_takes_a_fixed_number_of_statements(desk, db, count_statements):
    few = count_statements("categories.list_categories")
    for number in range(1, 6):
        add_release(db, number, {f"a{number}.kz": ADULT})

    assert count_statements("categories.list_categories") == few <= 12


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_speak_every_language(desk, db, language):
    add_release(db, 1, {"old.kz": ADULT})
    add_release(db, None, {"new.kz": ADULT}, base=1, difference={"adult": CHANGE})
    name = {"kk": "Ересектерге арналған", "ru": "Для взрослых", "en": "Adult"}[language]

    for endpoint, values in (
        ("categories.list_categories", {}),
        ("categories.release_draft", {}),
        ("categories.roll_back", {"number": 1}),
    ):
        assert name in desk.get(endpoint, lang=language, **values).text


def test_what_holds_too_few_sites_is_said_to_staff_and_to_parents(desk, browser, db, alice):
    add_release(db, 1, {"old.kz": ADULT}, counts={"adult": FEWEST - 1, "gambling": FEWEST})
    db.commit()
    assert (
        "Parents read so beside the switch: Adult, Drugs, Violence,"
        in desk.get("categories.list_categories").text
    )

    profile = make_profile(db, alice.account)
    db.commit()
    browser.log_in(alice)
    where = {"account_id": alice.account_id, "profile_id": profile.id}
    for endpoint in ("parental.show_profile", "parental.change_categories"):
        text = browser.get(endpoint, **where).text
        assert "Adult hardly filled by the operator yet: most such sites open" in text
        assert "Gambling hardly filled" not in text
