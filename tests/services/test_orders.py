from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.core import clock
from portal.core.errors import RuleError
from portal.services.actions.orders import order_number
from portal.services.models import Order, OrderItem
from portal.services.states import STEPS, OrderState, check_step
from tests.services.factories import subscribe


@pytest.fixture
def ordered(alices, db, alice, catalogue):
    page = alices.get("services.show_offering", account_id=alice.account_id, code="vmeste-200")
    page.submit().submit()
    return db.scalars(select(Order)).one()


def order_page(browser, person, order):
    return browser.get("services.show_order", account_id=person.account_id, order_id=order.id)


def progress(browser, person, order, **headers):
    path = browser.url("services.show_progress", account_id=person.account_id, order_id=order.id)
    return browser.open(path, headers={"HX-Request": "true"} | headers)


def test_an_order_is_cancelled_while_nothing_has_started(alices, db, alice, ordered):
    page = order_page(alices, alice, ordered).submit()

    assert "The order is cancelled. Nothing has changed." in page.text
    assert db.get(Order, ordered.id).state == "cancelled"
    assert db.scalars(select(OrderItem.state)).one() == "cancelled"


def test_an_order_is_not_cancelled_once_its_time_has_come(alices, db, alice, ordered):
    page = order_page(alices, alice, ordered)
    clock.freeze(clock.now() + timedelta(seconds=15))

    page = page.submit()

    assert page.status == 422
    assert "can no longer be cancelled" in page.text
    assert db.get(Order, ordered.id).state == "acknowledged"


def test_cancelling_twice_changes_nothing_more(alices, db, alice, ordered):
    page = order_page(alices, alice, ordered)
    page.submit()

    again = page.submit(submission_id="")

    assert again.status == 200
    assert len(db.scalars(text("select state from order_step")).all()) == 3


def test_a_viewer_sees_the_order_and_cannot_cancel_it(browser, db, alice, carol, ordered):
    browser.log_in(carol)
    page = order_page(browser, carol, ordered)

    refused = browser.post(
        "services.cancel_order", account_id=carol.account_id, order_id=ordered.id
    )

    assert (page.status, refused.status) == (200, 403)
    assert "Cancel the order" not in page.text


def test_a_foreign_order_is_not_found(browser, db, bob, alice, ordered):
    browser.log_in(bob)

    assert order_page(browser, bob, ordered).status == 404
    assert order_page(browser, alice, ordered).status == 404
    assert progress(browser, bob, ordered).status == 404


def test_progress_says_304_while_nothing_is_new(alices, db, alice, ordered):
    first = progress(alices, alice, ordered)

    again = progress(alices, alice, ordered, **{"If-None-Match": first.headers["ETag"]})
    clock.freeze(clock.now() + timedelta(seconds=15))
    later = progress(alices, alice, ordered, **{"If-None-Match": first.headers["ETag"]})

    assert (first.status, again.status, later.status) == (200, 304, 200)
    assert "You can cancel until" in first.text
    assert "You can cancel until" not in later.text


def test_the_end_of_an_order_makes_the_page_come_anew(alices, db, alice, ordered):
    ordered.state, ordered.ended_at = "completed", clock.now()
    db.commit()

    assert progress(alices, alice, ordered).headers["HX-Refresh"] == "true"
    assert "hx-get" not in order_page(alices, alice, ordered).body


def test_a_visit_comes_before_activation(alices, app, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "tv-optimal")
    page = alices.get("services.show_offering", account_id=alice.account_id, code="tv-box-second")
    page = page.submit()
    assert "when the technician has come" in page.text

    page = page.submit()

    order = db.scalars(select(Order)).one()
    assert order.state == "pending"
    assert "agree on the technician’s time" in page.text
    assert db.scalar(text("select count(*) from jobs.procrastinate_jobs")) == 0
    done = app.test_cli_runner().invoke(args=["services", "finish-visit", order.number])
    assert done.output == f"{order.number}: activation starts\n"
    assert db.scalar(text("select count(*) from jobs.procrastinate_jobs")) == 1


def test_commands_on_orders_refuse_in_words(app, db, ordered):
    run = app.test_cli_runner().invoke

    unknown = run(args=["services", "finish-visit", "26-0000-0000-0"])
    wrong = run(args=["services", "finish-visit", ordered.number])
    not_held = run(args=["services", "retry", ordered.number])

    assert "there is no order 26-0000-0000-0" in unknown.output
    assert "does not wait for a technician" in wrong.output
    assert "This order is not held" in not_held.output
    assert {unknown.exit_code, wrong.exit_code, not_held.exit_code} == {1}


@pytest.mark.parametrize("present", OrderState)
@pytest.mark.parametrize("wanted", OrderState)
def test_only_the_steps_of_the_table_are_allowed(present, wanted):
    if wanted in STEPS[present]:
        check_step(present, wanted)
    else:
        with pytest.raises(RuleError):
            check_step(present, wanted)


def test_numbers_can_be_checked_and_do_not_repeat():
    numbers = {order_number(2026) for _ in range(200)}

    assert len(numbers) == 200
    assert all(number.startswith("26-") and len(number) == 14 for number in numbers)
