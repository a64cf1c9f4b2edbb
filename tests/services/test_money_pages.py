"""Months side by side, the month to come, the list of statements, and staff's view of imports."""

import json
from datetime import date
from decimal import Decimal

import pytest

from portal.services.actions import import_feed
from portal.services.household import Pause, Rate
from tests.services.factories import subscribe
from tests.services.money_by_hand import sum_of

FEED = {"kind": "correction", "contract": "712034456", "as_of": "2026-11-22T06:00:00+05:00"}


def money(browser, person, **more):
    return browser.get("services.show_money", account_id=person.account_id, **more)


def promoted(db, person, until, *, price=3000, regular=6990):
    """Let a person have a plan at a promotional price until a day."""
    [plan] = subscribe(db, person.account, "vmeste-200", price=price, is_promo=True)
    plan.set_prices(rates=[Rate(until, Decimal(regular))], pauses=())
    db.commit()
    return plan


def text_of(page, card):
    [found] = page.all(f"section[aria-labelledby={card}]")
    return " ".join(found.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


def differences(page, card):
    """Return the first sum, those between, and the last of a list of differences."""
    selector = f"section[aria-labelledby={card}] dl.receipt dd"
    sums = [each.text_content().replace("\N{NO-BREAK SPACE}", " ") for each in page.all(selector)]
    first, *between, last = (sum_of(each.replace("+", "")) for each in sums)
    return first, between, last


def test_a_promotion_that_ends_next_month_is_foretold(alices, db, alice, catalogue):
    promoted(db, alice, date(2026, 12, 11))

    page = money(alices, alice)

    assert "regular price from 11 December" in text_of(page, "next")
    first, between, last = differences(page, "next")
    assert (first, last) == (3000, 1000 - 32 + 4735)
    assert first + sum(between) == last


def test_a_pause_and_an_end_are_foretold(alices, db, alice, catalogue):
    [phone] = subscribe(db, alice.account, "phone-home")
    phone.set_prices(rates=(), pauses=[Pause(date(2026, 12, 5), date(2026, 12, 15))])
    subscribe(db, alice.account, "tv-optimal")
    db.commit()

    page = money(alices, alice)

    assert "paused from 5 December, works again from 15 December" in text_of(page, "next")


def test_an_order_that_waits_for_its_day_is_foretold(alices, db, alice, catalogue):
    [tv] = subscribe(db, alice.account, "tv-optimal")
    form = alices.get("services.disconnect", account_id=alice.account_id, subscription_id=tv.id)
    quote = form.submit(reason="unused", when="month_end")
    quote.submit()

    page = money(alices, alice)

    assert "TV+ “Optimal” disconnected from 1 December" in text_of(page, "next")
    assert differences(page, "next") == (2990, [-2990], 0)


def test_a_month_to_come_is_shown_as_a_forecast(alices, db, alice, catalogue):
    promoted(db, alice, date(2026, 12, 11))

    page = money(alices, alice, month="2026-12")

    assert "Forecast: December 2026" in page.text
    assert "promotional price, 1–10 December, 10 of 31 days × 3 000 ₸" in page.text
    assert "11–31 December, 21 of 31 days × 6 990 ₸" in page.text
    assert not page.all("a[href*='statement.pdf']")
    assert not page.all("#balance")


def test_this_month_is_explained_from_the_one_before(alices, db, alice, catalogue):
    promoted(db, alice, date(2026, 11, 11))

    page = money(alices, alice)

    assert "Why not as much as the month before?" in page.text
    first, between, last = differences(page, "month")
    assert first == 3000
    assert first + sum(between) == last


def test_many_differences_are_told_as_the_largest_and_the_rest(alices, app, db, alice):
    with app.app_context():
        lines = [
            FEED | {"month": "2026-11", "reference": f"c:{number}", "amount": str(number + 1)}
            for number in range(30)
        ]
        import_feed([json.dumps(line).encode() for line in lines], source="feed")

    page = money(alices, alice)

    assert "10 more changes" in text_of(page, "next")
    first, between, last = differences(page, "next")
    assert (first, last) == (465, 0)
    assert first + sum(between) == last


def test_statements_are_listed_from_the_first_month(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", started_on=date(2025, 11, 16))

    page = alices.get("services.list_statements", account_id=alice.account_id)
    before = page.follow("2025")

    assert len(page.all("tbody tr")) == 11
    assert "November so far 6 990 ₸" in page.text
    assert [row.text_content().split()[0] for row in before.all("tbody tr")] == [
        "December",
        "November",
    ]
    assert "3 495 ₸" in before.text


@pytest.mark.parametrize("year", ["1999", "2099", "x", "", "٢٠٢٦"])
def test_a_year_without_statements_shows_one_with(alices, db, alice, catalogue, year):
    subscribe(db, alice.account, "vmeste-200", started_on=date(2026, 10, 2))

    page = alices.get("services.list_statements", account_id=alice.account_id, year=year)

    assert page.status == 200
    assert len(page.all("tbody tr")) == 2


def test_months_before_the_first_are_not_offered(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", started_on=date(2026, 10, 2))

    page = money(alices, alice, month="2020-01")

    assert "October 2026" in page.text
    assert not [link for link in page.all("nav.pages a") if "September" in link.text_content()]


def test_a_contract_without_a_past_has_its_pages(alices, alice):
    page = alices.get("services.list_statements", account_id=alice.account_id)

    assert len(page.all("tbody tr")) == 1
    assert money(alices, alice, month="2026-12").status == 200


def test_staff_sees_what_an_import_refused(browser, app, db, cast, alice):
    with app.app_context():
        import_feed(
            [b"nonsense", json.dumps(FEED | {"contract": "<b>0</b>"}).encode()] + [b"x"] * 40,
            source="feed.jsonl",
        )
    browser.log_in(cast["eric"])

    page = browser.get("services.list_imports")
    shown = page.follow("22 November")
    more = shown.follow("Show more")

    assert "feed.jsonl Done 0 0 42" in page.text
    assert "1 This line is no JSON object." in shown.text
    assert shown.all("code")[0].text_content() == "nonsense"
    assert "The field “month” is missing." in shown.text
    assert [int(cell.text_content()) for cell in more.all("tbody th")] == list(range(26, 43))


def test_an_interrupted_import_says_what_to_do(browser, app, db, cast, alice):
    def broken():
        yield json.dumps(FEED | {"month": "2026-11", "reference": "c", "amount": "1"}).encode()
        raise OSError("the disk is gone")

    with app.app_context(), pytest.raises(OSError, match="gone"):
        import_feed(broken(), source="feed.jsonl")
    browser.log_in(cast["eric"])

    page = browser.get("services.list_imports").follow("22 November")

    assert "Not finished" in page.text
    assert "The same file again does the rest and no harm." in page.text


def test_staff_is_told_how_billing_comes_in(browser, cast):
    browser.log_in(cast["eric"])

    assert "flask services import-billing" in browser.get("services.list_imports").text


def test_a_stranger_sees_no_statement(browser, bob, alice):
    browser.log_in(bob)

    for endpoint in ("show_money", "list_statements", "download_statement"):
        assert browser.get(f"services.{endpoint}", account_id=alice.account_id).status == 404


def test_an_expected_fee_is_part_of_the_forecast_of_its_month(alices, db, alice, catalogue):
    [plan] = subscribe(
        db, alice.account, "vmeste-200", term_until=date(2027, 2, 1), exit_fee=Decimal(1000)
    )
    form = alices.get("services.disconnect", account_id=alice.account_id, subscription_id=plan.id)
    form.submit(reason="unused", when="month_end").submit()

    page = money(alices, alice, month="2026-12")

    assert "Leaving before the term ends" in page.text
    assert "2 months left × 1 000 ₸ 2 000 ₸" in page.text
    assert differences(page, "month") == (6990, [-6990, 2000], 2000)


@pytest.mark.parametrize("place", ["50", "999999", "-1", "x", "٥"])
def test_a_place_behind_the_last_line_shows_the_first(alices, db, alice, catalogue, place):
    subscribe(db, alice.account, "vmeste-200")

    page = money(alices, alice, **{"from": place})

    assert "In all 6 990 ₸" in page.text
