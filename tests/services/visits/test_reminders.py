"""Who is reminded of a visit, and when."""

from portal.core import clock
from portal.core.db import transaction
from portal.services.visits import actions
from tests.services.visits.factories import at, told, visits


def remind(app):
    with app.app_context(), transaction(staff=True):
        return actions.remind()


def test_people_are_reminded_in_the_evening_before_once(app, alices, db, booked):
    clock.freeze(at("2026-11-28 17:59"))
    assert remind(app) == 0
    clock.freeze(at("2026-11-28 18:00"))

    assert [remind(app), remind(app)] == [1, 0]

    assert told(db) == ["services.visit_booked", "services.visit_reminder"]


def test_nobody_is_reminded_when_the_visit_has_begun(app, alices, db, booked):
    clock.freeze(at("2026-11-29 09:00"))

    remind(app)

    assert told(db) == ["services.visit_booked"]
    assert visits(db)[0].remind_at is None
