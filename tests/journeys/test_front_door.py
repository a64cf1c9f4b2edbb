"""Somebody of the demo comes in by the front door, and leaves."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal


def test_a_wrong_password_is_told_and_the_right_one_opens(
    portal: RunningPortal, page: Page
) -> None:
    holder = portal.person("holder of 7 1203")
    page.goto(f"{portal.address}/sign-in?lang=en")
    page.fill("[name=login]", holder.email)
    page.fill("[name=password]", "not the password")
    page.click("main form button[type=submit]")
    expect(page.locator("[name=login]")).to_have_value(holder.email)
    expect(page.locator("main")).to_contain_text("password")

    portal.sign_in(page, "holder of 7 1203")

    expect(page.locator("h1")).to_be_visible()
    assert "/a/" in page.url


@pytest.mark.long
def test_dns_answers_and_mail_arrives(portal: RunningPortal, page: Page) -> None:
    page.goto(f"{portal.address}/forgotten?lang=en")
    page.fill("[name=login]", "bolat@example.kz")
    page.click("main form button[type=submit]")

    letter = portal.wait_for_mail("bolat@example.kz", "")

    assert portal.address in letter.get_body(("plain",)).get_content()
    assert portal.ask_dns("example.kz").answer
