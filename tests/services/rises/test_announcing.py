"""The manager looks whom a rise concerns, and announces it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from portal.catalog.models import Offering
from portal.core import clock, ids
from portal.core.audit import AuditEvent
from portal.services.rises.models import PriceRise
from tests.services.factories import stock, subscribe

DAY = date(2027, 1, 1)
POST = "main form[method=post]"


@pytest.fixture
def desk(browser, db, gulnara, alice, bob):
    stock(db)
    subscribe(db, alice.account, "antivirus")
    subscribe(db, bob.account, "antivirus", term_until=date(2027, 6, 1))
    browser.log_in(gulnara)
    return browser


def look(desk, monthly="590", from_on="2027-01-01"):
    return desk.get("rises.announce_rise", code="antivirus", monthly=monthly, from_on=from_on)


def test_a_rise_is_looked_at_and_announced(desk, db):
    page = look(desk)
    assert "2 services become dearer." in page.text
    assert "Of them 1 keeps its price" in page.text

    page = page.submit(form=POST)

    assert "The rise is announced" in page.text
    rise = db.scalars(select(PriceRise)).one()
    assert (rise.monthly, rise.from_on, rise.done_at) == (590, DAY, None)
    jobs = db.execute(text("select task_name from jobs.procrastinate_jobs")).scalars().all()
    assert jobs == ["portal.services.rises.jobs.tell_of_rise"]
    assert db.scalars(select(AuditEvent.kind)).all() == ["services.rise_announced"]


@pytest.mark.parametrize(
    ("monthly", "from_on", "words"),
    [
        ("590", "2026-12-21", "Customers are told 30 days before: choose 22 December or later."),
        ("0", "2027-01-01", "Write a sum in tenge"),
        ("many", "2027-01-01", "Write a sum in tenge"),
        ("590", "soon", "Not a valid date value"),
        ("590", "", "Choose a day"),
    ],
)
def test_what_cannot_be_announced_is_told(desk, db, monthly, from_on, words):
    answer = desk.post(
        "rises.announce_rise", {"monthly": monthly, "from_on": from_on}, code="antivirus"
    )

    assert answer.status == 422
    assert words in answer.text
    assert db.scalars(select(PriceRise)).all() == []


def test_pressing_twice_announces_once(desk, db):
    page = look(desk)
    page.submit(form=POST)
    again = page.submit(form=POST)

    assert again.status == 200
    assert len(db.scalars(select(PriceRise)).all()) == 1
    other = desk.post(
        "rises.announce_rise", {"monthly": "600", "from_on": "2027-01-01"}, code="antivirus"
    )
    assert "is announced already" in other.text


def test_the_page_costs_as_much_for_many_as_for_few(desk, db, gulnara, count_statements):
    asked = {"code": "antivirus", "monthly": "590", "from_on": "2027-01-01"}
    few = count_statements("rises.announce_rise", **asked)
    offering = db.scalars(select(Offering).where(Offering.code == "antivirus")).one()
    for number in range(2, 40):
        db.add(
            PriceRise(
                id=ids.uuid7(),
                offering_id=offering.id,
                monthly=number,
                from_on=DAY + timedelta(days=number),
                announced_at=clock.now(),
                author_id=gulnara.id,
            )
        )

    assert count_statements("rises.announce_rise", **asked) == few
