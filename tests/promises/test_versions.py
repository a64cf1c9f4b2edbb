"""Versions are frozen: a promise keeps the policy and the calendar it was made under."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.appeals.states import AppealKind
from portal.core import clock
from portal.core.db import transaction
from portal.promises import actions, queries
from portal.promises.fold import Happening
from portal.promises.models import Promise, PromisePolicy, SlaCalendar
from portal.sla import kazakhstan
from tests.appeals.factories import file_appeal


@pytest.fixture
def second(db):
    """One more version, in force from 23 November: a repair takes five days."""
    first = db.scalars(select(PromisePolicy).where(PromisePolicy.version == 2)).one()
    terms = [t | {"working_days": 5} if t["rule"] == "repair" else t for t in first.terms]
    row = PromisePolicy(
        version=3, since_on=date(2026, 11, 23), terms=terms, calendars=first.calendars
    )
    db.add(row)
    db.commit()
    return row


@pytest.mark.parametrize(
    ("hours", "version"),
    [(0, 2), (6, 2), (7, 3), (30, 3)],  # 17:00, 23:00 and 24:00 in Almaty, and the next day
)
def test_a_version_is_in_force_from_midnight_of_its_day(app, second, noon, hours, version):
    with app.app_context(), transaction():
        assert queries.version_in_force(noon + timedelta(hours=hours)) == version


def test_before_the_first_version_the_first_one_counts(app, db, noon):
    with app.app_context(), transaction():
        assert queries.version_in_force(noon - timedelta(days=1000)) == 1


def test_a_promise_keeps_its_version_when_a_new_one_comes(app, db, alice, second, noon):
    old = file_appeal(app, alice, AppealKind.FAULT)
    clock.freeze(noon + timedelta(days=1))
    with app.app_context(), transaction(account_id=alice.account_id):
        subject = actions.Subject("appeal", old, alice.account_id)
        actions.record(subject, Happening.CUSTOMER_WROTE)
    new = file_appeal(app, alice, AppealKind.FAULT)

    db.expire_all()
    made = {p.subject_id: p for p in db.scalars(select(Promise).where(Promise.kind == "repair"))}
    assert (made[old].policy_version, made[old].due_at) == (2, noon + timedelta(days=2))
    assert (made[new].policy_version, made[new].due_at) == (3, noon + timedelta(days=6))


def test_the_office_calendar_has_the_official_years(db):
    office = db.scalars(select(SlaCalendar).where(SlaCalendar.name == "office")).one()

    days = [date.fromisoformat(day) for day in office.body["exceptions"]]
    assert sorted(days) == kazakhstan.days_off(2026, 2027)
