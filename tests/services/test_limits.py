"""What a member may order in a month, as the holder allows; with two orders in one moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from portal.accounts.models import Membership, Role
from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule
from portal.core import clock
from portal.services import quoting
from portal.services.actions.limits import spending_of
from portal.services.household import Household, Running
from portal.services.models import Order
from tests.services.factories import subscribe


@pytest.fixture
def limited(db, carol):
    """Carol manages services on alice's contract, and may spend 2000 tenge a month."""
    member = db.scalars(select(Membership).where(Membership.user_id == carol.id)).one()
    member.role, member.spending_limit = Role.MANAGER, Decimal(2000)
    db.commit()
    return member


@pytest.fixture
def carols(browser, carol, limited):
    browser.log_in(carol)
    return browser


def terms_of(browser, person, code):
    page = browser.get("services.show_offering", account_id=person.account_id, code=code)
    return page.submit()


def spent(db):
    return db.scalars(select(Order.spending).order_by(Order.placed_at, Order.id)).all()


def test_an_order_within_the_limit_counts_what_it_costs(carols, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")

    page = terms_of(carols, alice, "static-ip")
    assert "Your limit for this month: 2 000 ₸" in page.text
    assert "2 000 ₸ are left; this order counts 1 490 ₸." in page.text
    page.submit()

    assert spent(db) == [Decimal(1490)]


def test_an_order_beyond_the_limit_is_refused_with_the_way_out(carols, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    terms_of(carols, alice, "static-ip").submit()

    page = terms_of(carols, alice, "antivirus-plus")

    sentence = (
        "Your limit for this month is 2 000 ₸; 1 490 ₸ of it is used, and this order counts 890 ₸."
        " Ask the holder of the contract for more."
    )
    assert sentence in page.text
    assert not page.all("main form.act")
    forced = carols.send("POST", page.path, token=True)
    assert forced.status == 422
    assert sentence in forced.text
    assert spent(db) == [Decimal(1490)]


def test_what_was_cancelled_or_failed_does_not_count(carols, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    for state in ("cancelled", "failed"):
        terms_of(carols, alice, "static-ip").submit()
        db.execute(
            text("update service_order set state = :state where state = 'acknowledged'"),
            {"state": state},
        )
        db.commit()

    assert "2 000 ₸ are left" in terms_of(carols, alice, "static-ip").text


def test_a_new_month_begins_at_midnight_in_almaty(carols, db, alice, carol, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    clock.freeze(datetime(2026, 11, 30, 18, 59, tzinfo=UTC))
    carols.log_in(carol)
    terms_of(carols, alice, "static-ip").submit()
    assert "510 ₸ are left" in terms_of(carols, alice, "antivirus").text

    clock.freeze(datetime(2026, 11, 30, 19, 0, tzinfo=UTC))
    carols.log_in(carol)

    assert "2 000 ₸ are left" in terms_of(carols, alice, "antivirus").text


def test_another_members_orders_do_not_count(carols, db, alice, carol, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    carols.log_in(alice)
    page = terms_of(carols, alice, "static-ip")
    assert "limit" not in page.text
    page.submit()
    carols.log_in(carol)

    assert "2 000 ₸ are left" in terms_of(carols, alice, "antivirus").text


def test_a_cheaper_plan_and_an_ending_count_nothing(carols, db, alice, limited, catalogue):
    limited.spending_limit = Decimal(0)
    [plan] = subscribe(db, alice.account, "vmeste-200")

    terms_of(carols, alice, "vmeste-100").submit()
    assert spent(db) == [Decimal(0)]
    db.execute(text("update service_order set state = 'cancelled'"))
    where = {"account_id": alice.account_id, "subscription_id": plan.id}
    carols.get("services.disconnect", **where).submit(reason="price").submit()

    assert spent(db) == [Decimal(0), Decimal(0)]


def test_a_limit_lowered_after_the_terms_were_shown_holds(carols, db, alice, limited, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    page = terms_of(carols, alice, "static-ip")
    limited.spending_limit = Decimal(1489)
    db.commit()

    page = page.submit()

    assert page.status == 422
    assert spent(db) == []


def test_confirming_again_is_the_same_order_and_counts_once(carols, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    page = terms_of(carols, alice, "static-ip")

    first, second = page.submit(), page.submit(submission_id="")

    assert first.path == second.path
    assert spent(db) == [Decimal(1490)]


def test_a_promotion_counts_what_a_month_costs_after_it(carols, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "tv-basic")

    assert "this order counts 1 490 ₸" in terms_of(carols, alice, "tv-cinema").text


def test_leaving_early_counts_its_fee():
    held = Running(
        id=uuid4(),
        rule=OfferingRule("vmeste-500", Family.INTERNET, is_plan=True),
        price=Decimal(8990),
        started_on=date(2026, 1, 5),
        term_until=date(2027, 1, 5),
        exit_fee=Decimal(1000),
    )

    terms = quoting.disconnect(held.id, Household(date(2026, 11, 22), (held,)))

    assert spending_of(terms) == Decimal(2000)


def test_two_orders_of_one_member_at_once_do_not_pass_the_limit_together(town):
    carol = town.cast["carol"]
    town.have("vmeste-200")
    town.db.execute(
        text("update membership set role = 'manager', spending_limit = 1500 where user_id = :id"),
        {"id": carol.id},
    )
    town.db.commit()
    pages = [town.terms(town.browser(carol), code) for code in ("static-ip", "antivirus-plus")]

    answers = at_once(pages)

    assert sorted(page.status for page in answers) == [200, 422]
    [refused] = [page for page in answers if page.status == 422]
    assert "Your limit for this month is 1 500 ₸" in refused.text
    assert town.db.scalar(select(func.count()).select_from(Order)) == 1
    assert town.db.scalar(select(func.sum(Order.spending))) in {Decimal(1490), Decimal(890)}


def at_once(pages):
    """Confirm every page in the same moment, each in a thread and on a connection of its own."""
    gate = Barrier(len(pages))

    def press(page):
        gate.wait()
        return page.submit()

    with ThreadPoolExecutor(len(pages)) as pool:
        return list(pool.map(press, pages))
