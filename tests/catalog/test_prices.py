"""Prices by days: what rows a release makes of them, and what customers pay when."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.catalog.actions import load_catalogue
from portal.catalog.models import Price
from portal.catalog.queries import offering_now, released
from portal.catalog.sheet import CatalogueSheet
from portal.core import clock
from portal.core.db import see, session
from portal.services.models import Subscription
from tests.catalog.factories import sheet
from tests.services.factories import subscribe

DAY = timedelta(days=1)


@pytest.fixture
def release(app, db):
    """Return a function that releases one offering with its prices."""

    def run(**changes):
        db.commit()
        with app.test_request_context():
            see(staff=True)
            load_catalogue(CatalogueSheet(offerings=(sheet("a", **changes),)))
            session.commit()
        db.expire_all()

    return run


@pytest.fixture
def price_now(app, db):
    def run():
        db.commit()
        with app.test_request_context():
            priced = offering_now("a")
            return int(priced.monthly), priced.promo_monthly

    return run


def rows(db):
    query = select(Price).order_by(Price.valid_from)
    return [(int(each.monthly), each.valid_until is None) for each in db.scalars(query)]


def coming(day, monthly, **more):
    return {"valid_from": day, "monthly": monthly} | more


def test_a_price_to_come_is_paid_from_the_midnight_of_its_day(release, price_now, db, noon):
    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])

    assert rows(db) == [(100, False), (150, True)]
    assert price_now() == (100, None)
    clock.freeze(noon.replace(month=11, day=30, hour=18, minute=59))  # 23:59 in Almaty
    assert price_now() == (100, None)
    clock.freeze(noon.replace(month=11, day=30, hour=19, minute=0))
    assert price_now() == (150, None)


def test_releasing_the_same_again_makes_no_row(release, db, noon):
    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])
    clock.freeze(noon + DAY)

    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])

    assert len(rows(db)) == 2


def test_a_price_to_come_can_be_moved_and_taken_back(release, db, noon):
    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])
    release(price={"monthly": 100}, coming_prices=[coming("2027-01-01", 180)])
    assert rows(db) == [(100, False), (180, True)]

    release(price={"monthly": 100})

    assert rows(db) == [(100, True)]


def test_a_price_of_today_closes_the_one_of_yesterday(release, price_now, db, noon):
    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])
    clock.freeze(noon + DAY)

    release(
        price={"monthly": 120, "promo": {"monthly": 50, "months": 3}},
        coming_prices=[coming("2026-12-01", 150)],
    )

    assert rows(db) == [(100, False), (120, False), (150, True)]
    assert price_now() == (120, 50)
    old, new, later = db.scalars(select(Price).order_by(Price.valid_from))
    assert old.valid_until == new.valid_from == noon + DAY
    assert new.valid_until == later.valid_from


def test_a_price_whose_day_has_come_is_simply_the_price(app, release, db, noon):
    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])
    clock.freeze(noon + 20 * DAY)
    db.commit()

    with app.test_request_context():
        found = released().by_code["a"]

    assert found == sheet("a", price={"monthly": 150})
    release(price={"monthly": 100}, coming_prices=[coming("2026-12-01", 150)])
    assert rows(db) == [(100, False), (150, True)]  # a late file says nothing new


def test_a_sold_service_keeps_its_price(release, price_now, db, alice):
    release(price={"monthly": 100})
    subscribe(db, alice.account, "a")

    release(price={"monthly": 200})

    assert price_now() == (200, None)
    assert db.scalars(select(Subscription.price)).all() == [100]
