"""How many statements a page does: the same whatever the account holds."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from portal.core import clock, ids
from portal.services.models import Subscription
from portal.services.queries import month_of, open_orders
from tests.services.factories import LONG_AGO, make_offering, subscribe

PAGES = (
    "services.list_services",
    "services.list_offerings",
    "services.list_orders",
    "services.show_money",
    "services.list_statements",
)
QUIET = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@pytest.fixture
def statements(harness_engine) -> Iterator[list[str]]:
    """Collect every statement but the harness's own."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, context, _many):
        is_ours = not (context and context.execution_options.get("harness"))
        if is_ours and not statement.startswith(QUIET):
            seen.append(statement)

    event.listen(harness_engine, "before_cursor_execute", note)
    yield seen
    event.remove(harness_engine, "before_cursor_execute", note)


def crowd(db, person, many):
    """Give an account `many` more subscriptions."""
    rows = [make_offering(db, f"crowd-{number}") for number in range(many)]
    db.add_all(
        Subscription(
            id=ids.uuid7(),
            account_id=person.account_id,
            offering_id=offering.id,
            price=100,
            started_at=clock.now(),
            started_on=LONG_AGO,
        )
        for offering in rows
    )
    db.commit()


def counted(browser, statements, person):
    found = {}
    for endpoint in PAGES:
        statements.clear()
        page = browser.get(endpoint, account_id=person.account_id)
        assert page.status == 200
        found[endpoint] = len(statements)
    return found


def test_pages_do_not_ask_more_of_an_account_that_holds_more(
    alices, db, alice, catalogue, statements
):
    subscribe(db, alice.account, "vmeste-200")
    few = counted(alices, statements, alice)

    crowd(db, alice, 1000)

    assert counted(alices, statements, alice) == few


def test_a_long_statement_comes_in_pages(alices, db, alice, catalogue):
    crowd(db, alice, 60)

    page = alices.get("services.show_money", account_id=alice.account_id)
    assert "In all" not in page.text
    page = page.follow("Show more")

    assert "In all 6 000 ₸" in page.text


def test_home_costs_three_statements(app, db, alice, catalogue, statements):
    subscribe(db, alice.account, "vmeste-200", "tv-optimal")
    db.commit()
    with app.test_request_context():
        month_of(alice.account, clock.now().date())
        open_orders(alice.account)

    selects = [each for each in statements if each.lstrip().startswith("SELECT subscription")]
    asked = [each for each in statements if "FROM" in each and "set_config" not in each]
    assert len(selects) == 1
    assert len([each for each in asked if "service_order" in each or "charge" in each]) == 2
