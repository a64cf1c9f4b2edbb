import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from portal.core import clock, ids
from portal.core.db import transaction
from portal.services import actions, forms
from portal.services.leaving import REASONS, Count, by_reason, crossed
from portal.services.models import Order, Quote
from tests.services.factories import make_offering, subscribe
from tests.services.test_disconnect import leave

LATER = timedelta(hours=1)


def left(db, person, code, reason, words="", at=None):
    """Let somebody leave a service: order and completion."""
    quote = stayed(db, person, code, reason, words, at)
    now = at or clock.now()
    db.add(
        Order(
            id=ids.uuid7(),
            account_id=person.account_id,
            quote_id=quote.id,
            number=f"26-{quote.id.hex[-8:]}",
            act="delete",
            offering_id=quote.offering_id,
            state="completed",
            placed_by_id=person.id,
            placed_at=now,
            effective_on=now.date(),
            starts_at=now,
            next_try_at=now,
            ended_at=now,
            needs_technician=False,
        )
    )
    db.commit()
    return quote


def stayed(db, person, code, reason, words="", at=None):
    """Let somebody see the terms of leaving a service, and no more."""
    [held] = subscribe(db, person.account, code)
    now = at or clock.now()
    quote = Quote(
        id=ids.uuid7(),
        account_id=person.account_id,
        by_id=person.id,
        act="delete",
        offering_id=held.offering_id,
        subscription_id=held.id,
        kept_wish={"act": "delete"},
        kept_terms={},
        reason=reason,
        words=words or None,
        created_at=now,
        expires_at=now + timedelta(minutes=30),
    )
    held.ended_at, held.ended_on = now, now.date()
    db.add(quote)
    db.commit()
    return quote


@pytest.fixture
def erics(browser, eric):
    browser.log_in(eric)
    return browser


def rows(page, heading):
    card = page.one(f"section[aria-labelledby='{heading}']")
    return [
        [" ".join(cell.text_content().split()) for cell in line]
        for line in card.cssselect("tbody tr")
    ]


def test_reasons_are_counted_shared_and_sorted(erics, db, alice, bob, eric, catalogue):
    left(db, alice, "vmeste-200", "price")
    left(db, alice, "tv-basic", "price")
    left(db, bob, "vmeste-200", "moving")
    stayed(db, bob, "tv-basic", "price")
    clock.freeze(clock.now() + LATER)
    erics.log_in(eric)

    page = erics.get("services.show_leaving")

    assert rows(page, "reasons") == [
        ["It is too expensive", "2", "67 %", "1"],
        ["I am moving", "1", "33 %", "0"],
    ]
    assert rows(page, "what") == [
        ["Internet “Together 200”", "2", "1", "1"],
        ["TV+ “Basic”", "1", "1", "–"],
    ]
    by_kind = page.follow("By kind")
    assert rows(by_kind, "what") == [["Internet", "2", "1", "1"], ["TV+", "1", "1", "–"]]


def test_a_real_disconnection_is_counted_once_it_is_carried_out(
    browser, db, alice, eric, catalogue
):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    browser.log_in(alice)
    leave(browser, alice, plan, reason="quality", words="Slow").submit()
    browser.log_in(eric)
    assert "Nobody left in this month" in browser.get("services.show_leaving").text
    assert "Being disconnected" in browser.get("services.show_leaving").text
    db.execute(update(Order).values(state="completed", ended_at=clock.now()))
    db.commit()

    page = browser.get("services.show_leaving")

    assert rows(page, "reasons") == [["The quality does not suit me", "1", "100 %", "0"]]
    assert "Slow" in page.text


def test_who_asks_again_stayed_once_with_the_last_reason(browser, db, alice, eric, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    browser.log_in(alice)
    leave(browser, alice, plan, reason="price", words="First words")
    clock.freeze(clock.now() + timedelta(minutes=1))
    leave(browser, alice, plan, reason="quality", words="Second words")
    browser.log_in(eric)
    assert "Saw the terms and stayed 0" not in browser.get("services.show_leaving").text
    clock.freeze(clock.now() + LATER)
    browser.log_in(eric)

    page = browser.get("services.show_leaving")

    assert rows(page, "reasons") == [["The quality does not suit me", "0", "0 %", "1"]]
    assert "Second words" in page.text
    assert "First words" not in page.text


def test_an_order_to_leave_that_was_cancelled_is_one_who_stayed(
    browser, db, alice, eric, catalogue
):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    browser.log_in(alice)
    order = leave(browser, alice, plan, reason="price").submit()
    order.submit(form="form[action$='/cancel']")
    clock.freeze(clock.now() + LATER)
    browser.log_in(eric)

    assert rows(browser.get("services.show_leaving"), "reasons") == [
        ["It is too expensive", "0", "0 %", "1"]
    ]


def test_a_month_begins_and_ends_at_midnight_in_almaty(erics, db, alice, bob, catalogue):
    left(db, alice, "vmeste-200", "price", at=datetime(2026, 10, 31, 18, 59, 59, tzinfo=UTC))
    left(db, bob, "vmeste-200", "moving", at=datetime(2026, 10, 31, 19, 0, tzinfo=UTC))

    page = erics.get("services.show_leaving")
    assert [line[0] for line in rows(page, "reasons")] == ["I am moving"]
    page = page.follow("October")
    assert [line[0] for line in rows(page, "reasons")] == ["It is too expensive"]
    assert "November" in page.follow("November").text


@pytest.mark.parametrize("month", ["", "2026-13", "2999-01", "nonsense", "2026-11\0", "٢٠٢٦-١١"])
def test_a_month_that_is_none_is_the_present_one(erics, catalogue, month):
    assert "November 2026" in erics.get("services.show_leaving", month=month).text


def test_words_come_in_pages_and_name_nobody(erics, db, alice, catalogue):
    for number in range(30):
        make_offering(db, f"thing-{number}")
        left(db, alice, f"thing-{number}", "other", words=f"words {number:02d}.")
        clock.freeze(clock.now() + timedelta(seconds=1))

    page = erics.get("services.show_leaving")

    assert "words 29." in page.text
    assert "words 04." not in page.text
    assert "words 04." in page.follow("Show more").text
    for name in (alice.user.name, alice.account.number, alice.account.written_number):
        assert name not in page.text


def test_the_file_holds_every_answer_and_no_formula(erics, db, alice, bob, catalogue):
    left(db, alice, "vmeste-200", "price", words='=HYPERLINK(1); "дорого",\nочень')
    clock.freeze(clock.now() + timedelta(seconds=1))
    stayed(db, bob, "tv-basic", "unused")

    answer = erics.get("services.download_leaving", month="2026-11")

    assert answer.headers["Content-Disposition"] == "attachment; filename=leaving-2026-11.csv"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    read = list(csv.reader(io.StringIO(answer.body.removeprefix("\ufeff"), newline="")))
    assert read == [
        ["Day", "Outcome", "Reason", "Kind", "Service", "In their words"],
        ["2026-11-22", "Kept after all", "I do not use it", "TV+", "TV+ “Basic”", ""],
        [
            "2026-11-22",
            "Disconnected",
            "It is too expensive",
            "Internet",
            "Internet “Together 200”",
            '\'=HYPERLINK(1); "дорого",\nочень',
        ],
    ]
    assert alice.account.number not in answer.body


def test_statements_do_not_grow(erics, db, alice, catalogue, count_statements):
    left(db, alice, "vmeste-200", "price", words="words")
    few = count_statements("services.show_leaving")

    for number in range(30):
        make_offering(db, f"thing-{number}")
        left(db, alice, f"thing-{number}", "other", words="words")

    assert count_statements("services.show_leaving") == few


def test_terms_of_leaving_are_kept_for_the_analysis(town):
    old, very_old = (
        stayed(town.db, town.alice, code, "price") for code in ("vmeste-200", "tv-basic")
    )
    for quote, age in ((old, 399), (very_old, 401)):
        quote.expires_at = clock.now() - timedelta(days=age)
    town.db.commit()

    with town.live.app(role="kabinet_worker").app_context(), transaction():
        assert actions.forget_quotes() == 1

    assert [quote.id for quote in town.db.scalars(select(Quote))] == [old.id]


def test_counts_are_put_into_tables():
    left_ones = [Count("price", "a", 3), Count("other", "a", 1), Count("price", "b", 2)]

    assert [
        (line.reason, line.left, line.share) for line in by_reason(left_ones, {"unused": 4})
    ] == [
        ("price", 5, 83),
        ("other", 1, 17),
        ("unused", 0, 0),
    ]
    assert [
        (line.name, line.numbers, line.total) for line in crossed(left_ones, ["price"], str)
    ] == [
        ("a", (3,), 4),
        ("b", (2,), 2),
    ]


def test_every_reason_of_the_form_is_known():
    assert tuple(forms.REASONS) == REASONS


def test_the_analysis_is_read_by_indexes(live):
    session = live.session("admin")
    session.execute(text("set enable_seqscan = off"))
    plan = "\n".join(
        session.scalars(
            text(
                "explain select 1 from service_order where act = 'delete' and state = 'completed'"
                " and ended_at >= now() - interval '30 days' and ended_at < now()"
            )
        )
    )
    session.close()

    assert "ix_service_order_left" in plan
