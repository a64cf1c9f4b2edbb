from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.services.models import Order, OrderItem, Quote
from tests.services.factories import subscribe


def offering_page(browser, person, code, **more):
    return browser.get("services.show_offering", account_id=person.account_id, code=code, **more)


def quote_page(browser, person, code):
    page = offering_page(browser, person, code).submit()
    assert page.status == 200, page.text
    return page


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def test_the_terms_show_each_sum_before_anything_is_ordered(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "phone-home")

    page = quote_page(alices, alice, "vmeste-500")

    assert page.h1 == "Change to Internet “Together 500”"
    assert "21 of 30 days × 6 990 ₸" in page.text
    assert "4 893 ₸" in page.text
    assert "9 of 30 days × 8 990 ₸" in page.text
    assert "The first 14 days You disconnect it here" in page.text
    assert "Change for 8 990 ₸ a month" in page.text
    assert count(db, Order) == 0


def test_confirming_places_one_order_with_its_job(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")

    page = page.submit()

    order = db.scalars(select(Order)).one()
    assert order.number in page.text
    assert "You can cancel until 17:00" in page.text
    jobs = db.execute(text("select task_name, args from jobs.procrastinate_jobs")).all()
    assert jobs == [("portal.services.jobs.run_order", {"order_id": str(order.id)})]
    kinds = db.scalars(select(AuditEvent.kind).order_by(AuditEvent.seq)).all()
    assert kinds == ["services.quote_made", "services.order_placed"]


def test_confirming_twice_is_one_order(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    first = page.submit()

    second = page.submit(submission_id="")

    assert first.path == second.path
    assert count(db, Order) == 1


def test_an_offering_that_lacks_its_plan_is_refused_in_words(alices, db, alice, catalogue):
    page = offering_page(alices, alice, "parental-control")

    assert "Parental control needs an internet plan. Connect that first." in page.text
    page = alices.post("services.connect", account_id=alice.account_id, code="parental-control")
    assert page.status == 422
    assert "needs an internet plan" in page.text
    assert count(db, Quote) == 0


def test_an_excluded_offering_is_refused_in_words(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "antivirus-plus")

    page = alices.post("services.connect", account_id=alice.account_id, code="antivirus")

    assert page.status == 422
    assert "Antivirus cannot stand beside Antivirus Plus. Disconnect that first." in page.text


def test_what_one_has_is_not_connected_again(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")

    page = alices.post("services.connect", account_id=alice.account_id, code="vmeste-200")

    assert page.status == 422
    assert count(db, Quote) == 0


def test_terms_that_are_over_show_new_ones_and_order_nothing(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    clock.freeze(clock.now() + timedelta(minutes=30))
    alices.log_in(alice)

    page = alices.open(page.path)
    assert "are over" in page.text
    page = page.submit()

    assert count(db, Quote) == 2
    assert count(db, Order) == 0
    assert "Connect for 6 990 ₸ a month" in page.text


def test_what_is_no_longer_sold_has_no_new_terms(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    db.execute(text("update offering set sold_until = '2026-11-22' where code = 'vmeste-200'"))
    clock.freeze(clock.now() + timedelta(minutes=30))
    alices.log_in(alice)

    page = alices.open(page.path).submit()

    assert page.status == 409
    assert "Internet “Together 200” is no longer sold." in page.text


def test_confirming_what_is_over_leads_to_new_terms(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    clock.freeze(clock.now() + timedelta(minutes=30))
    alices.log_in(alice)

    page = alices.send("POST", page.path, token=True, follow=True)

    assert "These are the new terms." in page.text
    assert (count(db, Quote), count(db, Order)) == (2, 0)


def test_the_price_of_the_terms_is_honoured(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    db.execute(text("update price set monthly = 9990"))

    page.submit()

    assert db.scalars(select(OrderItem.price)).one() == Decimal(6990)


def test_terms_that_no_longer_hold_are_shown_anew(alices, db, alice, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    subscribe(db, alice.account, "phone-home")

    page = page.submit()

    assert "Something has changed" in page.text
    assert (count(db, Quote), count(db, Order)) == (2, 0)


def test_a_price_sent_by_the_browser_is_not_believed(alices, db, alice, bob, catalogue):
    page = quote_page(alices, alice, "vmeste-200")
    forged = {"price": "1", "account_id": str(bob.account_id), "monthly": "1"}

    alices.send("POST", page.path, data=forged, token=True)

    order = db.scalars(select(Order)).one()
    assert order.account_id == alice.account_id
    assert db.scalars(select(OrderItem.price)).one() == Decimal(6990)


def test_a_foreign_quote_is_not_found(browser, db, alice, bob, catalogue):
    browser.log_in(alice)
    page = quote_page(browser, alice, "vmeste-200")
    quote = db.scalars(select(Quote)).one()
    browser.log_in(bob)

    stolen = browser.get("services.show_quote", account_id=bob.account_id, quote_id=quote.id)

    assert stolen.status == 404
    assert browser.open(page.path).status == 404


def test_a_viewer_cannot_order(browser, db, alice, carol, catalogue):
    browser.log_in(alice)
    page = quote_page(browser, alice, "vmeste-200")
    browser.log_in(carol)

    assert browser.open(page.path).status == 403
    assert "Ask its holder" in offering_page(browser, carol, "vmeste-200").text
    refused = browser.post("services.connect", account_id=carol.account_id, code="vmeste-200")
    assert refused.status == 403
    assert count(db, Order) == 0


def test_an_offering_on_its_way_is_not_ordered_again(alices, db, alice, catalogue):
    quote_page(alices, alice, "vmeste-200").submit()

    page = alices.post("services.connect", account_id=alice.account_id, code="vmeste-500")

    assert page.status == 422
    assert "which is on its way: order" in page.text


def test_terms_are_not_asked_for_without_end(alices, db, alice, catalogue, monkeypatch):
    monkeypatch.setattr("portal.services.views.blueprint.TERMS_AN_HOUR", 2)
    where = {"account_id": alice.account_id, "code": "vmeste-200"}

    answers = [alices.post("services.connect", **where) for _ in range(3)]

    assert [page.status for page in answers] == [303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 3000


def test_where_one_came_from_stays_with_the_order(alices, db, alice, catalogue):
    page = offering_page(alices, alice, "vmeste-200", ref="issue-41")

    page.submit().submit()

    assert db.scalars(select(Order.ref)).one() == "issue-41"


def test_a_newsletter_leads_to_the_offering_on_ones_own_contract(alices, alice, catalogue):
    page = alices.get("services.connect_somewhere", code="vmeste-500", ref="issue-41")

    assert page.path.endswith("/services/catalogue/vmeste-500")
    assert page.value("ref") == "issue-41"


@pytest.mark.parametrize("code", ["nothing", "vmeste-200\0", "\ud7ff", "%27", "x" * 500, "қ 🐢"])
def test_an_unknown_offering_is_not_found(alices, alice, catalogue, code):
    assert offering_page(alices, alice, code).status == 404
    for endpoint in ("services.connect", "services.connect_somewhere"):
        where = {"account_id": alice.account_id} if endpoint == "services.connect" else {}
        method = "POST" if where else "GET"
        path = alices.url(endpoint, code=code, **where)
        assert alices.send(method, path, token=True, follow=True).status == 404


@pytest.mark.parametrize("ref", ["<script>", "x" * 41, "\0", "ISSUE 41", ""])
def test_a_reference_that_is_none_is_forgotten(alices, db, alice, catalogue, ref):
    page = offering_page(alices, alice, "vmeste-200", ref=ref)

    page.submit()

    assert db.scalars(select(Quote.ref)).one() is None


def test_terms_of_yesterday_are_shown_anew(alices, db, alice, catalogue):
    clock.freeze(datetime(2026, 11, 22, 18, 50, tzinfo=UTC))
    alices.log_in(alice)
    page = quote_page(alices, alice, "vmeste-200")
    assert "22–30 November, 9 of 30 days" in page.text
    clock.freeze(datetime(2026, 11, 22, 19, 5, tzinfo=UTC))

    page = page.submit()

    assert "23–30 November, 8 of 30 days" in page.text
    assert count(db, Order) == 0


def test_an_offering_of_another_city_is_refused_in_words(alices, db, alice, catalogue):
    db.execute(text("update premises set city = 'kaskelen'"))

    shelf = alices.get("services.list_offerings", account_id=alice.account_id)
    page = offering_page(alices, alice, "vmeste-1000")

    assert "Together 1000" not in shelf.text
    assert "not sold in your city. It is sold in: Almaty, Astana, Shymkent." in page.text


def test_a_line_that_cannot_carry_it_is_said_in_words(alices, db, alice, catalogue):
    page = alices.get("services.list_offerings", account_id=alice.account_id)

    assert "The line at your address does not carry Internet “Country house”." in page.text
