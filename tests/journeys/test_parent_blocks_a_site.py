"""A parent closes a site in the browser; a question of a device at home is answered so."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal
from tests.live import wait_until

SITE = "a-game-that-takes-too-long.com"


def address_of(portal: RunningPortal, name: str) -> str:
    return str(portal.ask_dns(name).answer[0][0])


def test_a_parent_blocks_a_site_and_a_dns_query_is_blocked(
    portal: RunningPortal, page: Page
) -> None:
    is_open = address_of(portal, SITE)  # Starts the resolver.
    portal.sign_in(page, "holder of 7 1203")
    page.goto(f"{page.url.split('?')[0]}/parental-control")

    page.get_by_label("Сайт", exact=True).first.fill(f"https://{SITE}/play")
    page.get_by_role("button", name="Добавить", exact=True).click()

    expect(page.get_by_text(f"{SITE} закрыт.")).to_be_visible()
    wait_until(lambda: address_of(portal, f"www.{SITE}") == "192.0.2.53")
    expect(page.locator("#proof")).to_contain_text("Действует на 1 из 1", timeout=15_000)
    assert address_of(portal, "a-site-that-nobody-named.com") == is_open

    page.get_by_role("button", name=f"Убрать {SITE}").click()
    wait_until(lambda: address_of(portal, SITE) == is_open)
    page.locator("form[action$='/restore'] button").click()
    wait_until(lambda: address_of(portal, SITE) == "192.0.2.53")
