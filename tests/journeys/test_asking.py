"""Journey: a child asks for a site, the parent allows it for 15 minutes, it opens and closes."""

from collections.abc import Iterator
from datetime import timedelta

import dns.exception
import dns.message
import dns.query
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from portal.core import clock
from portal.parental.models import policy_log
from tests.journeys.camera import read_code
from tests.journeys.conftest import RunningPortal
from tests.live import free_port, wait_until

pytestmark = pytest.mark.long  # a long way through the portal

SITE = "roblox.com"  # closed at home in the demo
CLOSED = "192.0.2.53"
LATER = 15_000  # milliseconds that a busy machine may take to show a page
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def childs(chromium: Browser) -> Iterator[Page]:
    """A tab on the child's phone, which signs in nowhere."""
    context = chromium.new_context(viewport=PHONE, locale="kk-KZ")
    yield context.new_page()
    context.close()


def address_of(name: str, port: int) -> str:
    query = dns.message.make_query(name, "A")
    return str(dns.query.udp(query, "127.0.0.1", port=port, timeout=5).answer[0][0])


def start_later_server(portal: RunningPortal, ahead: timedelta) -> int:
    """Start a server of the same host whose clock runs ahead; return its port."""
    port = free_port()
    portal.live.start(
        "flask", "dns", "serve", role="kabinet_dns",
        DNS_LISTEN=f"127.0.0.1:{port}", KABINET_NOW=(clock.now() + ahead).isoformat(),
    )  # fmt: skip
    wait_until(lambda: _answers(port), 60)
    return port


def _answers(port: int) -> bool:
    try:
        return bool(address_of("example.kz", port))
    except (OSError, dns.exception.Timeout):
        return False


def saves(portal: RunningPortal) -> int:
    with portal.live.session() as session:
        return session.scalar(select(func.count()).select_from(policy_log)) or 0


def make_link(page: Page) -> str:
    """Make the link of the whole home; return what the camera of a phone reads."""
    page.get_by_role("link", name="Ссылка для ребёнка").click()
    page.get_by_role("button", name="Создать ссылку").click()
    picture = page.locator("img.qr")
    expect(picture).to_be_visible(timeout=LATER)
    read = read_code(picture)
    expect(page.locator("p.breaks a")).to_have_attribute("href", read)
    return read


def ask(childs: Page, address: str) -> None:
    childs.goto(address)
    childs.get_by_label("Сайт", exact=True).fill(f"https://www.{SITE}/games")
    childs.get_by_role("button", name="Тексеру").click()
    childs.get_by_role("button", name="Ата-анадан сұрау").click()
    expect(childs.get_by_text("Ата-анаң әлі жауап бермеді").first).to_be_visible(timeout=LATER)


def answer_from_the_bell(page: Page, portal: RunningPortal) -> None:
    page.goto(f"{portal.address}/notifications")
    told = page.locator("li.thing", has_text=f"Дома кто-то просит открыть {SITE}")
    told.get_by_role("button", name="Открыть").click()
    waiting = page.locator("li.thing", has_text=SITE)
    waiting.get_by_role("button", name="15 минут").click()
    expect(page.get_by_text(f"{SITE} открыт до").first).to_be_visible(timeout=LATER)


def test_a_site_is_asked_for_opened_for_15_minutes_and_closes_by_itself(
    portal: RunningPortal, page: Page, childs: Page
) -> None:
    portal.start_dns()
    wait_until(lambda: address_of(SITE, portal.dns_port) == CLOSED)
    is_open = address_of("a-site-that-nobody-named.com", portal.dns_port)
    portal.sign_in(page, "holder of 7 1203")
    page.goto(f"{page.url.split('?')[0]}/parental-control")

    ask(childs, make_link(page))
    answer_from_the_bell(page, portal)

    wait_until(lambda: address_of(f"www.{SITE}", portal.dns_port) == is_open)
    expect(childs.get_by_text("Иә:").first).to_be_visible(timeout=2 * LATER)
    portal.wait_for_mail("aigerim@example.kz", SITE)
    written = saves(portal)
    later = start_later_server(portal, timedelta(minutes=16))
    assert address_of(SITE, later) == CLOSED
    assert saves(portal) == written
