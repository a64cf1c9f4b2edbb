"""Journey (a): somebody joins, connects what needs something else, and disconnects it again."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.demo_people import UNJOINED_EMAIL
from tests.journeys.conftest import RunningPortal
from tests.live import Live

pytestmark = pytest.mark.long

SOON = 60_000


@pytest.fixture
def live(live: Live) -> Live:
    """Let activation start two seconds after an order."""
    live.settings["ORDER_UNDO_SECONDS"] = "2"
    return live


def test_somebody_joins_connects_what_needs_the_internet_and_disconnects_it(
    portal: RunningPortal, page: Page
) -> None:
    join(portal, page)
    home = page.url

    page.goto(f"{home}/services/catalogue/parental-control")
    expect(page.get_by_text("needs an internet plan. Connect that first.")).to_be_visible()
    connect(page, f"{home}/services/catalogue/vmeste-200", "Connect for 6 990 ₸ a month")
    connect(page, f"{home}/services/catalogue/parental-control", "Connect for 690 ₸ a month")

    page.goto(f"{home}/services")
    expect(page.get_by_role("link", name="Parental control", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Internet “Together 200”").click()
    page.get_by_role("link", name="Disconnect").click()
    page.get_by_label("I am moving").check()
    page.get_by_role("button", name="See the exact terms").click()
    expect(page.get_by_text("It cannot work alone and ends too.")).to_be_visible()
    page.get_by_role("button", name="Disconnect now").click()
    expect(page.locator(".badge").first).to_have_text("Ready", timeout=SOON)

    page.goto(f"{home}/services")
    expect(page.get_by_text("You have no services yet")).to_be_visible()


def join(portal: RunningPortal, page: Page) -> None:
    page.goto(f"{portal.address}/join?lang=en")
    page.fill("[name=contract]", "7 1206 7788")
    page.fill("[name=email]", UNJOINED_EMAIL)
    page.locator("main form button").first.click()
    letter = portal.wait_for_mail(UNJOINED_EMAIL, "")
    words = letter.get_body(("plain",))
    code = re.search(r"\b\d{6}\b", words.get_content() if words else "")
    assert code
    page.fill("[name=code]", code[0])
    page.locator("main form button").first.click()
    page.fill("[name=name]", "Nurlan New")
    page.fill("[name=password]", "four quiet horses drink")
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/a/[0-9a-f-]{36}$"))


def connect(page: Page, address: str, act: str) -> None:
    """Connect an offering and watch until it works, without touching the page."""
    page.goto(address)
    page.get_by_role("button", name="See the terms").click()
    page.get_by_role("button", name=act).click()
    expect(page.get_by_text("Your order is accepted.")).to_be_visible()
    expect(page.locator(".badge").first).to_have_text("Ready", timeout=SOON)
