"""What a browser sends is never believed: sums, contracts, days, terms, offerings, roles."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Membership, Role
from portal.core import clock, ids
from portal.services.models import Charge, Order, OrderItem, Quote, Subscription
from tests.cast import make_account, make_membership
from tests.services.factories import make_offering, subscribe

FORGED = {
    "price": "1",
    "monthly": "1",
    "one_time": "0",
    "amount": "1",
    "spending": "0",
    "act": "delete",
    "state": "completed",
    "effective_on": "2020-01-01",
    "starts_at": "2020-01-01T00:00:00Z",
    "expires_at": "2099-01-01T00:00:00Z",
    "needs_technician": "",
    "kept_terms": '{"items": []}',
    "undo": "0",
}


@pytest.fixture
def state(db):
    """Return what stands in the database, to be compared afterwards."""

    def look():
        db.expire_all()
        tables = (Quote, Order, OrderItem, Subscription, Charge)
        return {
            each.__tablename__: db.scalar(select(func.count()).select_from(each)) for each in tables
        }

    return look


def terms(browser, person, code, **fields):
    page = browser.get("services.show_offering", account_id=person.account_id, code=code)
    return page.submit(**fields)


def quote_url(browser, account_id, quote):
    return browser.url("services.show_quote", account_id=account_id, quote_id=quote.id)


def test_forged_fields_at_the_terms_change_no_sum_day_or_contract(
    alices, db, alice, bob, catalogue
):
    forged = FORGED | {"account_id": str(bob.account_id), "offering_id": str(ids.uuid7())}

    alices.post("services.connect", data=forged, account_id=alice.account_id, code="vmeste-200")

    quote = db.scalars(select(Quote)).one()
    assert quote.account_id == alice.account_id
    assert quote.by_id == alice.id
    assert quote.act == "add"
    assert quote.expires_at == clock.now() + timedelta(minutes=30)
    [item] = quote.terms.items
    assert (item.code, item.monthly, item.one_time) == ("vmeste-200", 6990, 0)
    assert quote.terms.effective_on.isoformat() == "2026-11-22"


def test_forged_fields_at_the_confirmation_change_nothing(alices, db, alice, bob, catalogue):
    page = terms(alices, alice, "vmeste-200")
    quote = db.scalars(select(Quote)).one()
    other = make_offering(db, "cheap-thing", monthly=1)
    forged = FORGED | {
        "account_id": str(bob.account_id),
        "quote_id": str(ids.uuid7()),
        "offering_id": str(other.id),
        "code": "cheap-thing",
        "placed_by_id": str(bob.id),
    }

    alices.send("POST", page.path, data=forged, token=True)

    order = db.scalars(select(Order)).one()
    assert (order.account_id, order.quote_id) == (alice.account_id, quote.id)
    assert (order.placed_by_id, order.state) == (alice.id, "acknowledged")
    assert order.spending == Decimal(6990)
    assert order.effective_on.isoformat() == "2026-11-22"
    item = db.scalars(select(OrderItem)).one()
    assert (item.act, item.price, item.offering_id) == ("add", 6990, quote.offering_id)


def test_a_day_of_the_past_or_far_ahead_is_refused(alices, alice, catalogue, state):
    before = state()

    for day in ("2026-11-21", "2020-01-01", "2027-06-01", "9999-12-31", "nonsense"):
        page = terms(alices, alice, "vmeste-200", when="on_day", day=day)
        assert page.status == 422, day

    assert state() == before


def test_a_quote_of_another_contract_of_the_same_person_is_not_found(
    alices, db, alice, catalogue, state
):
    second = make_account(db, "713000001")
    db.flush()
    make_membership(db, alice.user, second)
    db.commit()
    terms(alices, alice, "vmeste-200")
    quote, before = db.scalars(select(Quote)).one(), state()
    wrong = quote_url(alices, second.id, quote)

    assert alices.open(wrong).status == 404
    assert alices.send("POST", wrong, token=True).status == 404
    assert alices.send("POST", f"{wrong}/renew", token=True).status == 404
    assert state() == before


def test_terms_of_a_neighbour_are_not_found(browser, db, alice, bob, catalogue, state):
    browser.log_in(alice)
    terms(browser, alice, "vmeste-200")
    quote, before = db.scalars(select(Quote)).one(), state()
    browser.log_in(bob)

    for account in (alice.account_id, bob.account_id):
        path = quote_url(browser, account, quote)
        assert browser.open(path).status == 404
        assert browser.send("POST", path, token=True).status == 404
        assert browser.send("POST", f"{path}/renew", token=True).status == 404
    assert state() == before


def test_terms_that_are_over_order_nothing_whatever_is_sent(alices, db, alice, catalogue):
    page = terms(alices, alice, "vmeste-200")
    clock.freeze(clock.now() + timedelta(minutes=30))
    alices.log_in(alice)

    alices.send("POST", page.path, data=FORGED, token=True, follow=True)

    assert db.scalars(select(Order)).all() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PARENT])
def test_who_may_not_order_orders_nothing_by_any_door(
    browser, db, alice, carol, catalogue, state, role
):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    browser.log_in(alice)
    terms(browser, alice, "vmeste-500")
    quote = db.scalars(select(Quote)).one()
    member = db.scalars(select(Membership).where(Membership.user_id == carol.id)).one()
    member.role = role
    db.commit()
    browser.log_in(carol)
    before = state()
    at_home = {"account_id": alice.account_id}
    held = at_home | {"subscription_id": plan.id}
    shown = at_home | {"quote_id": quote.id}

    doors = [
        ("services.connect", at_home | {"code": "static-ip"}),
        ("services.disconnect", held),
        ("services.pause", held),
        ("services.resume", held),
        ("services.show_quote", shown),
        ("services.renew_quote", shown),
    ]
    for endpoint, where in doors:
        answer = browser.post(endpoint, data={"reason": "price", "when": "now"}, **where)
        assert answer.status == 403, endpoint
    assert state() == before


def test_a_member_whose_access_has_ended_orders_nothing(
    browser, db, alice, carol, catalogue, state, noon
):
    member = db.scalars(select(Membership).where(Membership.user_id == carol.id)).one()
    member.role = Role.MANAGER
    db.commit()
    browser.log_in(carol)
    page = terms(browser, alice, "vmeste-200")
    member.ends_at = noon - timedelta(seconds=1)
    db.commit()
    before = state()

    assert browser.send("POST", page.path, token=True).status == 404
    assert state() == before


def test_staff_order_nothing_on_a_contract(browser, db, alice, eric, catalogue, state):
    browser.log_in(alice)
    page = terms(browser, alice, "vmeste-200")
    before = state()
    browser.log_in(eric)

    assert browser.send("POST", page.path, token=True).status == 404
    assert state() == before


@pytest.mark.parametrize("code", ["withdrawn", "not-yet", "elsewhere", "another-line"])
def test_what_is_not_sold_here_is_not_ordered_by_its_code(
    alices, db, alice, catalogue, state, code
):
    today = clock.now().date()
    make_offering(db, "withdrawn", sold_until=today)
    make_offering(db, "not-yet", sold_from=today + timedelta(days=2))
    make_offering(db, "elsewhere", cities=["astana"])
    make_offering(db, "another-line", technologies=["lte"])
    db.commit()
    before = state()

    answer = alices.post("services.connect", account_id=alice.account_id, code=code)

    assert answer.status in {404, 422}
    assert state() == before


def test_what_is_added_along_by_hand_is_judged_like_the_rest(alices, alice, catalogue, state):
    before = state()

    for also in (["vmeste-500"], ["nothing"], ["tv-cinema"], ["dacha"], ["x" * 300], ["\0"]):
        answer = alices.post(
            "services.connect",
            data={"also": also, "when": "now"},
            account_id=alice.account_id,
            code="vmeste-200",
        )
        assert answer.status in {404, 422}, also

    assert state() == before


def test_a_subscription_of_a_neighbour_is_not_ended_paused_or_woken(
    browser, db, alice, bob, catalogue, state
):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    browser.log_in(bob)
    before = state()

    for account in (alice.account_id, bob.account_id):
        for endpoint in ("services.disconnect", "services.pause", "services.resume"):
            answer = browser.post(
                endpoint,
                data={"reason": "price", "when": "now"},
                account_id=account,
                subscription_id=plan.id,
            )
            assert answer.status == 404
    assert state() == before
    assert plan.ended_on is None


def test_a_form_without_its_token_orders_nothing(alices, alice, catalogue, state):
    page = terms(alices, alice, "vmeste-200")
    before = state()

    assert alices.send("POST", page.path).status >= 400
    assert alices.send("POST", page.path, data={"csrf_token": "guessed"}).status >= 400
    assert state() == before


def test_a_get_orders_nothing(alices, alice, catalogue, state):
    page = terms(alices, alice, "vmeste-200")
    before = state()

    alices.open(f"{page.path}?confirm=1&submit=1")

    assert state() == before
