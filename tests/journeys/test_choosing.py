"""The catalogue under somebody's hands: found while typing, laid side by side, and left."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser import Browser
from tests.cast import Person
from tests.journeys.test_accessibility import HOST, serve
from tests.services.factories import stock, subscribe


@pytest.fixture
def home(app: Flask, db: Session, alice: Person, page: Page) -> str:
    """Alice has an internet plan with what hangs on it; the address of her contract."""
    stock(db)
    subscribe(db, alice.account, "vmeste-500", "parental-control", "phone-home")
    browser = Browser(app, db)
    browser.log_in(alice)
    serve(page, browser)
    return f"{HOST}/a/{alice.account_id}"


def test_services_are_found_while_one_types_and_the_address_can_be_sent_on(
    page: Page, home: str
) -> None:
    page.goto(f"{home}/services/catalogue")
    search = page.get_by_role("searchbox", name="Find a service")
    search.press_sequentially("бейнебакылау")

    expect(page.locator("#found-count")).to_have_text("1 service")
    expect(search).to_be_focused()
    expect(page).to_have_url(re.compile("words=%D0%B1"))
    page.reload()
    expect(page.get_by_role("link", name="Video surveillance")).to_be_visible()

    page.get_by_role("searchbox", name="Find a service").fill("")
    page.get_by_text("Filters and order").click()
    page.get_by_label("Kind").select_option("internet")
    expect(page.locator("#found-count")).to_have_text("5 services")
    page.get_by_label("Fits my address").check()
    expect(page.locator("#found-count")).to_have_text("4 services")


def test_plans_are_laid_side_by_side_and_one_is_chosen(page: Page, home: str) -> None:
    page.goto(f"{home}/services/catalogue?family=internet")
    page.get_by_label("compare: Internet “Together 100”").check()
    page.get_by_label("compare: Internet “Together 500”").check()
    page.get_by_role("button", name="Compare the chosen ones").click()

    expect(page.get_by_role("columnheader", name="Together 500")).to_contain_text("You have it")
    row = page.get_by_role("row", name=re.compile("^Speed"))
    expect(row).to_contain_text("500 Mbit/s")
    page.get_by_role("link", name="Choose").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Internet “Together 100”")


def test_who_leaves_sees_what_ends_and_may_choose_a_cheaper_plan(page: Page, home: str) -> None:
    page.goto(f"{home}/services")
    page.get_by_role("link", name="Internet “Together 500”").click()
    page.get_by_role("link", name="Disconnect").click()

    lost = page.get_by_role("region", name="What you would lose")
    expect(lost).to_contain_text("Parental control. It cannot work alone and ends too.")
    expect(lost).to_contain_text("What stays: Home phone")
    page.get_by_role("link", name="Change to Internet “Together 200”").click()
    page.get_by_role("button", name="See the terms").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change to Internet “Together 200”")
