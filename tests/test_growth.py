"""A page of an account that holds a thousand things does as much work as one that holds one."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from portal.core import clock, ids
from portal.notify.models import Notification
from portal.parental.models import Profile, Rule
from portal.services.models import Subscription
from tests.browser import Browser
from tests.cast import Person
from tests.parental.factories import make_profile, make_rule
from tests.services.factories import LONG_AGO, make_offering
from tests.staff.test_statements import crowd as add_appeals
from tests.statements import counted

HOME = "home.show_home"
PAGES = (
    HOME,
    "services.list_services",
    "services.list_offerings",
    "services.list_orders",
    "services.show_money",
    "services.list_statements",
    "services.download_statement",
    "parental.show_profile",
    "appeals.list_appeals",
    "notify.list_notifications",
)
MOST_ON_HOME = 12  # Source: architecture.md, "Growth"


def _add(db: Session, alice: Person, profile: Profile, many: int, start: int) -> None:
    _add_subscriptions(db, alice, many, start)
    add_appeals(db, alice.account_id, many)
    _add_rules(db, profile, many, start)
    _add_notifications(db, alice.id, many)
    db.commit()


def _add_subscriptions(db: Session, alice: Person, many: int, start: int) -> None:
    offerings = [make_offering(db, f"growth-{start + number}") for number in range(many)]
    db.flush()
    same = {"account_id": alice.account_id, "price": 100, "exit_fee": 0}
    since = {"started_at": clock.now(), "started_on": LONG_AGO}
    db.execute(
        insert(Subscription),
        [{"id": ids.uuid7(), "offering_id": each.id} | same | since for each in offerings],
    )


def _add_rules(db: Session, profile: Profile, many: int, start: int) -> None:
    one = make_rule(db, profile, site=f"first{start}.example.com")
    columns = {column.key for column in Rule.__table__.columns} - {"id", "site"}
    same = {name: getattr(one, name) for name in columns}
    db.execute(
        insert(Rule),
        [same | {"id": ids.uuid7(), "site": f"s{start + n}.example.com"} for n in range(many)],
    )


def _add_notifications(db: Session, user_id: UUID, many: int) -> None:
    values = {"kind": "sample.kind", "link": "/", "values": {}, "created_at": clock.now()}
    db.execute(
        insert(Notification),
        [values | {"id": ids.uuid7(), "user_id": user_id} for _ in range(many)],
    )


@pytest.fixture
def measure(
    browser: Browser, harness_engine: Engine, alice: Person
) -> Callable[[], dict[str, int]]:
    def measured() -> dict[str, int]:
        found = {}
        for endpoint in PAGES:
            values = {} if endpoint.startswith("notify.") else {"account_id": alice.account_id}
            browser.get(endpoint, **values)
            with counted(harness_engine) as statements:
                page = browser.get(endpoint, **values)
            assert page.status == 200, endpoint
            found[endpoint] = len(statements)
        return found

    return measured


def test_a_thousand_things_cost_as_many_statements_as_one(
    browser: Browser, db: Session, alice: Person, measure: Callable[[], dict[str, int]]
) -> None:
    profile = make_profile(db, alice.account)
    browser.log_in(alice)
    _add(db, alice, profile, 1, 0)
    with_one = measure()

    _add(db, alice, profile, 1_000, 1_000)
    with_many = measure()

    rules = db.scalar(select(func.count()).select_from(Rule))
    assert rules is not None
    assert rules > 1_000
    assert with_many == with_one
    assert with_one[HOME] <= MOST_ON_HOME
