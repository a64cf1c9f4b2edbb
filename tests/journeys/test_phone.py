"""Journey: a phone is set up by a QR code, and asks under its profile away from home."""

import plistlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import dns.message
import dns.rcode
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.camera import read_code
from tests.journeys.conftest import RunningPortal, Story
from tests.live import Live, free_port, wait_until
from tests.parental.carried import DOMAIN, PATH, ask_doh, ask_dot, write_certificate
from tests.parental.dnsdist import ResolverHost
from tests.parental.resolvers import BLOCKED, OPEN

AWAY = "127.77.0.1"
SITE = "shorts.example.kz"  # closed for the demo's child
LATER = 15_000  # milliseconds that a busy machine may take to show a page

pytestmark = pytest.mark.long


class Away:
    """A resolver host that phones reach from anywhere, and the portal that tells of it."""

    def __init__(self, live: Live, story: Story, folder: Path) -> None:
        self.doh, self.dot = free_port(), free_port()
        self.certificate, key = write_certificate(folder)
        told = {"DOH_URL": f"https://127.0.0.1:{self.doh}{PATH}", "DOT_DOMAIN": DOMAIN}
        self.host = ResolverHost(
            folder,
            DOH_LISTEN=f"127.0.0.1:{self.doh}",
            DOT_LISTEN=f"127.0.0.1:{self.dot}",
            DNS_CERTIFICATE=str(self.certificate),
            DNS_KEY=str(key),
            **told,
        )
        live.settings |= {"DNS_DATA_DIR": str(self.host.data), **told}
        with self.host.store():
            self.host.start()
        self.portal = RunningPortal(live, story.people)
        live.start("flask", "dns", "node", role="kabinet_dns")

    def by_doh(self, url: str, name: str) -> str:
        path = urlsplit(url).path
        status, answer = ask_doh(self.doh, path, name, certificate=self.certificate, home=AWAY)
        return _said(answer) if answer else str(status)

    def by_dot(self, host: str, name: str) -> str:
        answer = ask_dot(self.dot, host, name, certificate=self.certificate, home=AWAY)
        return _said(answer) if answer else "nothing"


def _said(answer: dns.message.Message) -> str:
    found = [str(item) for rrset in answer.answer for item in rrset]
    return found[-1] if found else dns.rcode.to_text(answer.rcode())


@pytest.fixture
def away(live: Live, story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Away]:
    made = Away(live, story, tmp_path_factory.mktemp("away"))
    yield made
    made.host.end()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """The phone's own browser, which signs in nowhere."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="ru-RU")
    yield context.new_page()
    context.close()


def name_device(page: Page) -> str:
    """Name the child's phone; return what a camera reads on the page."""
    page.get_by_role("link", name="Алихан, 10").first.click()
    page.get_by_role("link", name="Устройства").click()
    page.get_by_label("Название устройства").fill("Телефон Алихана")
    page.get_by_role("button", name="Добавить устройство").click()
    picture = page.locator("img.qr")
    expect(picture).to_be_visible(timeout=LATER)
    return read_code(picture)


def test_a_phone_set_up_by_qr_asks_under_its_profile_until_it_is_revoked(
    away: Away, page: Page, phone: Page
) -> None:
    away.portal.sign_in(page, "holder of 7 1203")
    page.goto(f"{page.url.split('?')[0]}/parental-control")
    phone.goto(name_device(page))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Телефон Алихана")
    dot_host = phone.locator("code", has_text=DOMAIN).inner_text()
    link = phone.get_by_role("link", name="Загрузить профиль").get_attribute("href")
    profile = plistlib.loads(phone.request.get(f"{away.portal.address}{link}").body())
    doh_url = profile["PayloadContent"][0]["DNSSettings"]["ServerURL"]

    wait_until(lambda: away.by_doh(doh_url, f"www.{SITE}") == BLOCKED["A"])
    assert away.by_dot(dot_host, SITE) == BLOCKED["A"]
    assert away.by_doh(doh_url, "bilimland.kz") == OPEN["A"]

    page.get_by_role("button", name="Отозвать адрес").click()
    expect(page.get_by_text("больше не принимается")).to_be_visible(timeout=LATER)
    wait_until(lambda: away.by_doh(doh_url, "bilimland.kz") == "REFUSED")
    assert away.by_dot(dot_host, "bilimland.kz") == "REFUSED"
