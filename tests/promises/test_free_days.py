"""Free days: what the calendar of office hours calls a day off, on the day it is in force."""

from datetime import date

import pytest

from portal.core.db import transaction
from portal.promises import queries
from portal.promises.free_days import BUILT_IN, free_days
from portal.sla.kazakhstan import days_off
from tests.promises.calendars import release_office

NEW_YEAR, NAURYZ, SATURDAY = date(2028, 1, 1), date(2028, 3, 21), date(2028, 1, 15)
INDEPENDENCE, MOVED, WORKED = date(2026, 12, 16), date(2026, 12, 17), date(2026, 12, 19)
HOURS = [["09:00", "13:00"]]


@pytest.fixture
def known(app):
    def read():
        with app.app_context(), transaction():
            return queries.free_days()

    return read


def version(since, *off, worked=()):
    return since, {str(day): [] for day in off} | {str(day): HOURS for day in worked}


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([], BUILT_IN),
        ([(date(2026, 9, 1), None)], BUILT_IN),
        ([version(date(2026, 9, 1), worked=[INDEPENDENCE])], BUILT_IN),
        ([version(date(2026, 9, 1), NEW_YEAR, worked=[SATURDAY])], BUILT_IN | {NEW_YEAR}),
        (
            [version(date(2026, 9, 1), MOVED, worked=[INDEPENDENCE])],
            {MOVED, *days_off(2027)},
        ),
        (
            [version(date(2026, 9, 1), date(1, 1, 1), date(1999, 12, 31), date.max)],
            BUILT_IN,
        ),
        (
            [version(date(2026, 9, 1), *BUILT_IN), version(date(2026, 12, 17), MOVED, NAURYZ)],
            BUILT_IN | {MOVED, NAURYZ},
        ),
        (
            [version(date(2028, 1, 1), NEW_YEAR), version(date(2028, 3, 1), NAURYZ)],
            BUILT_IN | {NEW_YEAR, NAURYZ},
        ),
        (
            [version(date(2028, 1, 1), NEW_YEAR, NAURYZ), version(date(2028, 1, 1), NAURYZ)],
            BUILT_IN | {NAURYZ},
        ),
        (
            [version(date(2028, 3, 22), NEW_YEAR), version(date(2029, 1, 1), NAURYZ)],
            BUILT_IN | {NEW_YEAR},
        ),
    ],
    ids=[
        "no calendar",
        "none that differs",
        "a year without a day off is as built in",
        "a worked Saturday is no free day",
        "a named year is as named",
        "days of no year of ours",
        "what was before stays as it was",
        "each version for its days",
        "of one day the later version counts",
        "before the first the first one counts",
    ],
)
def test_a_day_is_free_if_the_version_of_that_day_says_so(versions, expected):
    assert free_days(versions) == expected


def test_the_first_calendar_names_the_official_years(db, known):
    assert known() == BUILT_IN


def test_what_supervisors_release_is_known(db, known):
    release_office(db, MOVED, off=[INDEPENDENCE, MOVED], worked=(WORKED,))
    release_office(db, date(2027, 6, 1), off=[NEW_YEAR, NAURYZ], worked=(SATURDAY,))
    db.commit()

    assert known() == BUILT_IN | {MOVED, NEW_YEAR, NAURYZ}


@pytest.mark.parametrize(("name", "is_told"), [("office", True), ("technicians", False)])
def test_who_edits_the_calendar_is_told_of_schedules(browser, eric, name, is_told):
    browser.log_in(eric)

    page = browser.get("planning.edit_calendar", name=name)

    assert ("counts as a public holiday in children’s schedules" in page.text) is is_told
