"""The first page and the customer's home page."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.appeals import actions
from portal.appeals.states import AppealKind
from portal.core import clock
from tests.appeals.factories import as_staff, file_appeal
from tests.browser import Browser
from tests.cast import Person
from tests.services.factories import stock, subscribe
from tests.statements import counted

MOST_STATEMENTS = 12  # Source: architecture.md, "Growth"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_stranger_sees_what_the_portal_is_for(browser: Browser, language: str) -> None:
    page = browser.open(f"/?lang={language}")

    assert page.status == 200
    assert page.one("html").get("lang") == language
    assert page.all("a[href='/sign-in']")
    assert page.all("a[href='tel:160']")


def test_somebody_signed_in_is_led_to_his_contract(browser: Browser, alice: Person) -> None:
    browser.log_in(alice)

    page = browser.open("/")

    assert page.path == browser.url("home.show_home", account_id=alice.account_id)
    assert "Alice" in page.h1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_new_customer_is_told_what_to_do_next(
    browser: Browser, alice: Person, language: str
) -> None:
    browser.log_in(alice)

    page = browser.open(
        f"{browser.url('home.show_home', account_id=alice.account_id)}?lang={language}"
    )

    assert page.one(".home-welcome").cssselect("a.button")
    assert not page.all(".home-pay")


def test_a_viewer_may_look(browser: Browser, alice: Person, carol: Person) -> None:
    browser.log_in(carol)

    assert browser.get("home.show_home", account_id=alice.account_id).status == 200


def test_someone_elses_home_is_not_found(browser: Browser, alice: Person, bob: Person) -> None:
    browser.log_in(bob)

    assert browser.get("home.show_home", account_id=alice.account_id).status == 404


@pytest.fixture
def busy(app: Flask, db: Session, alice: Person) -> Person:
    """Alice with services, a balance and open appeals."""
    stock(db)
    subscribe(db, alice.account_id, "vmeste-200", "router-wifi6")
    account = db.get_one(Account, alice.account_id)
    account.balance, account.balance_at = Decimal(3240), clock.now()
    db.commit()
    file_appeal(app, alice, kind=AppealKind.FAULT, subject="The line drops")
    file_appeal(app, alice, kind=AppealKind.QUESTION, subject="Where is my bill")
    return alice


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_home_answers_in_one_look(browser: Browser, busy: Person, language: str) -> None:
    browser.log_in(busy)

    path = browser.url("home.show_home", account_id=busy.account_id)
    page = browser.open(f"{path}?lang={language}")

    assert page.one(".sum").text_content().replace("\xa0", " ") == "7 670 ₸"
    assert "4 430 ₸" in page.one(".home-pay a.button").text_content().replace("\xa0", " ")
    assert len(page.one("#services").getparent().getparent().cssselect(".thing")) == 2
    assert "The line drops" in page.text
    assert "Where is my bill" in page.text
    assert page.one(".countdown time").get("datetime")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_home_invents_no_balance_that_billing_has_not_told(
    browser: Browser, db: Session, busy: Person, language: str
) -> None:
    account = db.get_one(Account, busy.account_id)
    account.balance, account.balance_at = Decimal(0), None
    db.commit()
    browser.log_in(busy)

    path = browser.url("home.show_home", account_id=busy.account_id)
    page = browser.open(f"{path}?lang={language}")

    assert page.one(".sum").text_content().replace("\xa0", " ") == "7 670 ₸"
    assert not page.all(".home-pay")
    assert not [link for link in page.all("a.button") if "670" in link.text_content()]


def test_an_answer_that_was_not_rated_waits_for_the_reader(
    app: Flask, browser: Browser, busy: Person, dora: Person
) -> None:
    answered = file_appeal(app, busy, kind=AppealKind.QUESTION, subject="How to pay")
    as_staff(app, dora, answered, actions.send_final, body="With any card, on this page.")
    browser.log_in(busy)

    page = browser.get("home.show_home", account_id=busy.account_id)

    assert "How to pay" in page.one(".home-hello .chips").text_content()
    assert "How to pay" not in page.one("#appeals").getparent().getparent().text_content()


def test_home_takes_few_statements(browser: Browser, harness_engine: Engine, busy: Person) -> None:
    browser.log_in(busy)

    with counted(harness_engine) as sent:
        browser.get("home.show_home", account_id=busy.account_id)

    assert len(sent) <= MOST_STATEMENTS, "\n".join(sent)
