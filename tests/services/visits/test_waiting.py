"""What waits for the dispatcher: orders without a time, and orders that the network holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.audit import AuditEvent
from portal.notify.models import Notification
from portal.services.models import Order, OrderStep, Quote
from tests.browser import Browser
from tests.cast import Person
from tests.services.visits.factories import HERE, MORNING, NOON, at, fill, set_places, value, visits
from tests.statements import counted

MOST_STATEMENTS = 12


@pytest.fixture
def desk(waiting, app, db, dora):
    """Dora's browser, while an order of alice's waits."""
    account = db.get_one(Account, waiting.account_id)
    account.phone = "+77011234567"
    db.commit()
    browser = Browser(app, db)
    browser.log_in(dora)
    return browser


def copy(db, order: Order, number: str) -> Order:
    """Add another order with what the first one asks for."""
    said = db.get_one(Quote, order.quote_id)
    words = {each.name: getattr(said, each.name) for each in Quote.__table__.columns}
    quote = Quote(**words | {"id": ids.uuid7()})
    db.add(quote)
    db.flush()
    kept = {each.name: getattr(order, each.name) for each in Order.__table__.columns}
    made = Order(**kept | {"id": ids.uuid7(), "quote_id": quote.id, "number": number})
    db.add(made)
    db.commit()
    return made


def hold(db, order: Order) -> None:
    """Let the network hold an order since a moment ago."""
    order.state, order.failure = "held", "no_answer"
    step = {"order_id": order.id, "account_id": order.account_id, "position": 9}
    db.add(OrderStep(id=ids.uuid7(), state="held", at=at("2026-11-22 11:30"), **step))
    db.commit()


def test_home_says_in_words_that_an_order_is_held(alices, db, waiting):
    hold(db, waiting)

    page = alices.get("home.show_home", account_id=waiting.account_id)

    card = page.one(f"section[aria-labelledby='order-{waiting.id}']").text_content()
    assert "Specialists are looking at it" in card
    assert "Order on the way" not in card


def test_an_order_where_nobody_works_is_listed_with_whom_to_call(desk, waiting):
    page = desk.get("visits.list_waiting")

    row = page.one("tbody tr").text_content()
    assert waiting.number in row
    assert "Holder" in row
    assert page.one("tbody a[href^='tel:']").get("href") == "tel:+77011234567"
    assert "Almaty" in row or "Алматы" in row
    assert page.one(".tabs [aria-current]").cssselect(".count")[0].text_content() == "1"
    assert not desk.open(page.one("tbody th a").get("href")).all("main form")


def test_the_desk_books_for_the_customer_who_is_told_as_if_he_had(desk, db, waiting, places, dora):
    page = desk.get("visits.book_time", order_id=waiting.id).submit(slot=value(MORNING))

    [visit] = visits(db)
    told = db.execute(select(Notification.kind, Notification.user_id)).all()
    [event] = db.scalars(select(AuditEvent).where(AuditEvent.kind == "services.visit_booked"))
    assert (visit.starts_at, visit.booked_by_id) == (at(MORNING), waiting.placed_by_id)
    assert told == [("services.visit_booked", waiting.placed_by_id)]
    assert event.actor_id == dora.id
    assert page.path.endswith("/staff/visits/waiting")
    assert not page.all("tbody tr")


def test_a_time_that_is_taken_meanwhile_is_refused_and_others_are_shown(desk, db, waiting, places):
    page = desk.get("visits.book_time", order_id=waiting.id)
    fill(db, MORNING)

    refused = page.submit(slot=value(MORNING))

    assert refused.status == 422
    assert visits(db) == []
    refused.submit(slot=value(NOON))
    assert len(visits(db)) == 1


def test_what_the_customer_booked_himself_meanwhile_stays(alices, desk, db, waiting, places):
    page = desk.get("visits.book_time", order_id=waiting.id)
    own = alices.get("visits.choose_time", account_id=waiting.account_id, order_id=waiting.id)
    own.submit(slot=value(MORNING))

    page = page.submit(slot=value(NOON))

    [visit] = visits(db)
    assert visit.starts_at == at(MORNING)
    assert page.path.endswith("/staff/visits/waiting")


def test_an_order_whose_visit_did_not_happen_waits_again(alices, desk, db, waiting, places):
    own = alices.get("visits.choose_time", account_id=waiting.account_id, order_id=waiting.id)
    own.submit(slot=value(MORNING))
    assert not desk.get("visits.list_waiting").all("tbody tr")
    [visit] = visits(db)
    visit.state, visit.ended_at = "not_home", at(NOON)
    db.commit()

    for language, words in (
        ("en", "Nobody was at home"),
        ("ru", "29\xa0ноября"),
        ("kk", "29\xa0қараша"),
    ):
        row = desk.open(f"/staff/visits/waiting?lang={language}").one("tbody tr").text_content()
        assert words in row


def test_a_held_order_is_tried_again_once(desk, db, waiting, dora: Person):
    hold(db, waiting)
    page = desk.open("/staff/visits/held?lang=en")
    row = page.one("tbody tr").text_content()
    assert waiting.number in row
    assert "The network does not answer." in row
    assert "11:30" in row

    page.submit(form="tbody form")
    again = page.submit(form="tbody form")

    db.expire_all()
    events = db.scalars(select(AuditEvent).where(AuditEvent.kind == "services.order_retried")).all()
    jobs = db.scalar(
        text("select count(*) from jobs.procrastinate_jobs where task_name like '%run_order'")
    )
    assert (waiting.state, waiting.failure) == ("in_progress", None)
    assert [event.actor_id for event in events] == [dora.id]
    assert jobs == 1
    assert "not held" in again.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Being cancelled", "2 hours ago", "The portal asks the network by itself")),
        ("ru", ("Отменяется", "2 часа назад", "Портал сам опрашивает сеть")),
        ("kk", ("2 сағат бұрын", "Портал желіден өзі сұрап отырады")),
    ],
)
def test_what_is_being_cancelled_stands_among_the_held_with_how_long_it_waits(
    desk, db, waiting, language, words
):
    hold(db, waiting)
    waiting.state, waiting.failure = "pending_cancellation", None
    step = {"order_id": waiting.id, "account_id": waiting.account_id, "position": 10}
    since = clock.now() - timedelta(hours=2)
    db.add(OrderStep(id=ids.uuid7(), state="pending_cancellation", at=since, **step))
    db.commit()

    page = desk.open(f"/staff/visits/held?lang={language}")

    row = page.one("tbody tr").text_content().replace("\xa0", " ")
    assert [each for each in (waiting.number, *words) if each not in row] == []
    assert page.one(".tabs [aria-current]").cssselect(".count")[0].text_content() == "1"
    assert not page.all("tbody form")


@pytest.mark.parametrize("path", ["waiting", "held"])
def test_the_lists_take_as_many_statements_for_more_orders(desk, db, waiting, harness_engine, path):
    if path == "held":
        hold(db, waiting)
    with counted(harness_engine) as one:
        desk.open(f"/staff/visits/{path}")
    copy(db, waiting, "26-TWO2-TWO2-T")

    with counted(harness_engine) as two:
        page = desk.open(f"/staff/visits/{path}")

    assert len(page.all("tbody tr")) == 2
    assert len(one) == len(two) <= MOST_STATEMENTS


def test_the_oldest_comes_first_and_the_rest_on_the_next_page(desk, db, waiting, monkeypatch):
    later = copy(db, waiting, "26-TWO2-TWO2-T")
    later.placed_at = at("2026-11-23 09:00")
    db.commit()
    monkeypatch.setattr("portal.services.visits.queries.desk.PER_PAGE", 1)

    first = desk.get("visits.list_waiting")
    second = desk.open(first.one("a[rel='next']").get("href"))

    assert waiting.number in first.one("tbody tr").text_content()
    assert later.number in second.one("tbody tr").text_content()
    assert not second.all("a[rel='next']")


def test_a_time_is_booked_where_places_are_set_at_last(desk, db, waiting):
    page = desk.get("visits.book_time", order_id=waiting.id)
    link = page.one(".alert-act a").get("href")
    assert HERE.district in link

    set_places(db, 1)

    assert desk.get("visits.book_time", order_id=waiting.id).all("input[type='radio']")
