from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal.services.models import Order, Quote
from tests.services.factories import subscribe


def leave(browser, person, subscription, **fields):
    page = browser.get(
        "services.disconnect", account_id=person.account_id, subscription_id=subscription.id
    )
    return page.submit(**{"reason": "price"} | fields)


def test_what_ends_with_it_is_named_before_anything_ends(alices, db, alice, catalogue):
    plan, *_ = subscribe(db, alice.account, "vmeste-200", "parental-control", "phone-home")

    page = leave(alices, alice, plan)

    assert page.h1 == "Disconnect: Internet “Together 200”"
    assert "Parental control. It cannot work alone and ends too. Your lists are kept" in page.text
    assert "Home phone." not in page.text
    assert "21 of 30 days × 6 990 ₸" in page.text
    assert "Disconnect now" in page.text


def test_the_reason_and_the_words_are_kept(alices, db, alice, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")

    leave(alices, alice, plan, reason="quality", words="Кешке баяу 🐢")

    quote = db.scalars(select(Quote)).one()
    assert (quote.reason, quote.words) == ("quality", "Кешке баяу 🐢")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": []}, "Choose a reason"),
        ({"reason": "nonsense"}, "Not a valid choice"),
        ({"words": "x" * 2001}, "2000 characters"),
        ({"words": "a\0b"}, "control characters"),
    ],
)
def test_bad_input_is_told_at_its_field_and_the_words_stay(
    alices, db, alice, catalogue, fields, message
):
    [plan] = subscribe(db, alice.account, "vmeste-200")

    page = leave(alices, alice, plan, **{"words": "dear operator"} | fields)

    assert page.status == 422
    assert message in page.text
    typed = fields.get("words", "dear operator").replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert page.value("words").lstrip() == typed


def test_leaving_before_the_term_shows_the_fee(alices, db, alice, catalogue):
    [plan] = subscribe(
        db, alice.account, "vmeste-500", term_until=date(2027, 1, 5), exit_fee=Decimal(1000)
    )

    page = leave(alices, alice, plan)

    assert "Leaving before the term ends: Internet “Together 500”" in page.text
    assert "2 months left × 1 000 ₸" in page.text


def test_what_is_being_disconnected_is_not_disconnected_again(alices, db, alice, catalogue):
    plan, _ = subscribe(db, alice.account, "vmeste-200", "parental-control")
    leave(alices, alice, plan).submit()
    where = {"account_id": alice.account_id, "subscription_id": plan.id}

    page = alices.get("services.disconnect", **where)
    forced = alices.post("services.disconnect", data={"reason": "price"}, **where)

    assert "is already being disconnected: order" in page.text
    assert not page.all("main form")
    assert forced.status == 422
    assert "is already being disconnected: order" in forced.text
    assert len(db.scalars(select(Order)).all()) == 1


def test_a_foreign_subscription_is_not_found(browser, db, alice, bob, carol, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    where = {"subscription_id": plan.id}
    browser.log_in(bob)

    for endpoint in ("services.show_subscription", "services.disconnect"):
        assert browser.get(endpoint, account_id=bob.account_id, **where).status == 404
        assert browser.get(endpoint, account_id=alice.account_id, **where).status == 404
    browser.log_in(carol)
    assert browser.get("services.disconnect", account_id=carol.account_id, **where).status == 403


def test_an_ended_service_is_not_found(alices, db, alice, noon, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200", ended_on=date(2026, 11, 1), ended_at=noon)

    page = alices.get(
        "services.show_subscription", account_id=alice.account_id, subscription_id=plan.id
    )

    assert page.status == 404


def test_terms_that_were_shown_cannot_be_changed(town):
    town.terms(town.browser(town.alice), "vmeste-200")

    for role in ("kabinet_app", "kabinet_worker"):
        session = town.live.session(role)
        town.sessions.append(session)
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("update quote set expires_at = expires_at + interval '1 day'"))


def test_two_members_who_disconnect_the_same_make_one_order(town):
    [plan] = subscribe(town.db, town.alice.account, "vmeste-200")
    pages = [leave(town.browser(town.alice), town.alice, plan) for _ in range(2)]

    answers = [page.submit() for page in pages]

    assert [page.status for page in answers] == [200, 422]
    assert len(town.db.scalars(select(Order)).all()) == 1
