import json
from datetime import date
from decimal import Decimal

import pytest

from portal.accounts.models import Account
from portal.services.actions import import_feed
from portal.services.due import due_of
from portal.services.proration import Month
from tests.services.factories import subscribe

BALANCE = {
    "kind": "balance",
    "contract": "712034456",
    "balance": "3240.00",
    "as_of": "2026-11-22T06:00:00+05:00",
}
BILLED = {
    "kind": "compensation",
    "contract": "712034456",
    "month": "2026-11",
    "reference": "outage:17",
    "amount": "-200.00",
    "as_of": "2026-11-22T06:00:00+05:00",
}


def money_page(browser, person, **more):
    return browser.get("services.show_money", account_id=person.account_id, **more)


def feed(*lines):
    return import_feed([json.dumps(line).encode() for line in lines], source="feed.jsonl")


def test_the_month_is_shown_with_its_sum_and_its_lines(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "tv-optimal", "phone-home", "parental-control")
    subscribe(db, alice.account, "antivirus", "router-wifi6")

    page = money_page(alices, alice)

    assert "12 990 ₸" in page.text
    assert "as much as the month before" in page.text
    assert "Internet “Together 200” the whole month × 6 990 ₸ 6 990 ₸" in page.text


def test_a_part_of_the_month_is_derived(alices, db, alice, noon, catalogue):
    subscribe(db, alice.account, "vmeste-200", ended_on=date(2026, 11, 22), ended_at=noon)
    subscribe(db, alice.account, "vmeste-500", started_on=date(2026, 11, 22))

    page = money_page(alices, alice)

    assert "1–21 November, 21 of 30 days × 6 990 ₸" in page.text
    assert "22–30 November, 9 of 30 days × 8 990 ₸" in page.text
    assert "7 590 ₸" in page.text


def test_the_balance_comes_from_billing_with_its_time(alices, app, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    assert "Billing has not told us the balance yet" in money_page(alices, alice).text
    with app.app_context():
        feed(BALANCE)

    page = money_page(alices, alice)

    assert "3 240 ₸" in page.text
    assert "3 750 ₸" in page.text
    assert "As billing told us on 22 November, 06:00." in page.text
    pay = page.one("a[href^='https://pay.example.kz']")
    assert pay.get("href") == "https://pay.example.kz/?contract=712034456&sum=3750.00"


@pytest.mark.parametrize(
    ("total", "balance", "template", "amount", "has_link"),
    [
        (100, 40, "https://p/{contract}/{sum}", 60, True),
        (100, 100, "https://p", 0, False),
        (100, -20, "", 120, False),
    ],
)
def test_what_is_due(total, balance, template, amount, has_link):
    account = Account(number="7/1", balance=Decimal(balance))

    due = due_of(account, total=Decimal(total), month=Month(2026, 2), pay_day=30, template=template)

    assert due.amount == amount
    assert due.due_on == date(2026, 2, 28)
    assert bool(due.pay_url) is has_link
    assert not has_link or due.pay_url == "https://p/7%2F1/60"


def test_a_billed_line_takes_the_place_of_the_computed_one(alices, app, db, alice, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    billed = BILLED | {"kind": "monthly", "amount": "6500"}
    with app.app_context():
        feed(billed | {"reference": f"subscription:{plan.id}:2026-11"})

    page = money_page(alices, alice)

    assert "Internet “Together 200” billed: 6 500 ₸ 6 500 ₸" in page.text
    assert "the whole month × 6 990 ₸" not in page.text


def test_an_empty_account_says_what_to_do_next(alices, alice, catalogue):
    page = money_page(alices, alice)

    assert "No charges this month" in page.text


@pytest.mark.parametrize("month", ["2099-01", "nonsense", "2026-13", "", "0000-00", "٢٠٢٦-١١"])
def test_a_month_that_is_none_shows_this_month(alices, alice, catalogue, month):
    page = money_page(alices, alice, month=month, **{"from": "x"})

    assert page.status == 200
    assert "November 2026" in page.text


def test_another_month_is_shown(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", started_on=date(2026, 10, 2))

    page = money_page(alices, alice, month="2026-10")

    assert "October 2026" in page.text
    assert "2–31 October, 30 of 31 days × 6 990 ₸" in page.text


def test_the_month_is_drawn_by_service(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200", "phone-home", "static-ip")

    page = alices.get("services.show_money", account_id=alice.account_id)

    rows = [
        (row.cssselect("dt")[0].text, row.cssselect(".num")[0].text, row.cssselect("rect")[0])
        for row in page.all("#services .shares > div")
    ]
    assert [(name, amount) for name, amount, _bar in rows] == [
        ("Internet “Together 200”", "6\N{NO-BREAK SPACE}990\N{NO-BREAK SPACE}₸"),
        ("Home phone", "1\N{NO-BREAK SPACE}150\N{NO-BREAK SPACE}₸"),
        ("Static IP address", "990\N{NO-BREAK SPACE}₸"),
    ]
    widths = [int(bar.get("width")) for _name, _amount, bar in rows]
    assert widths == [1000, 160, 140]
