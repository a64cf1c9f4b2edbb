"""Nobody answers a chat: the promise breaks, a supervisor is told, and money comes back."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from portal.core import clock
from portal.promises.models import PromiseTimer
from tests.journeys.conftest import DESKTOP, RunningPortal
from tests.live import free_port, wait_until

pytestmark = pytest.mark.long

CUSTOMER, SUPERVISOR = "holder of 7 1205", "supervisor"


def tell_what_is_overdue(portal: RunningPortal) -> None:
    """Let a tracker tell of what the demo broke up to now: after a weekend, a dozen at once."""
    tracker = portal.live.start("flask", "sla", "track", role="kabinet_worker")
    with portal.live.session() as books:
        overdue = select(PromiseTimer.id).where(PromiseTimer.fires_at <= clock.now()).limit(1)
        wait_until(lambda: books.rollback() or books.scalar(overdue) is None, 60)
    tracker.terminate()


def six_minutes_later(portal: RunningPortal) -> str:
    """Start a web process and a tracker whose clock is six minutes ahead; return the address."""
    port = free_port()
    ahead = {"KABINET_NOW": (clock.now() + timedelta(minutes=6)).isoformat()}
    portal.live.start("flask", "sla", "track", role="kabinet_worker", **ahead)
    return portal.live.start_web(port=port, BASE_URL=f"http://localhost:{port}", **ahead)


def sign_in(portal: RunningPortal, page: Page, who: str, address: str) -> None:
    before, portal.address = portal.address, address
    portal.sign_in(page, who)
    portal.address = before


def comes(page: Page, address: str, words: str) -> None:
    """Look again and again until the page says it: a worker is at it."""

    def is_there() -> bool:
        page.goto(address)
        return words in page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")

    wait_until(is_there, 60)


def test_an_unanswered_chat_breaks_its_promise_and_pays(
    portal: RunningPortal, page: Page, chromium: Browser
) -> None:
    portal.sign_in(page, CUSTOMER)
    page.goto(page.url.split("?")[0] + "/appeals/chat")
    page.fill("[name=body]", "Интернет то есть, то нет. Кто-нибудь тут?")
    page.click("button[value=send]:visible")
    page.click("button[value=other]")  # It is not the cut cable that is known there.
    expect(page.locator(".promises")).to_contain_text("Первый ответ: идёт")
    chat = urlsplit(page.url).path
    account = "/".join(chat.split("/")[:3])
    number = page.locator("p.row .num").first.inner_text()

    tell_what_is_overdue(portal)
    later = six_minutes_later(portal)

    page.goto(later + chat)  # The same cookie: a browser keeps them by host, not by port.
    expect(page.locator(".promises")).to_contain_text("Первый ответ: нарушен")
    comes(page, later + account + "/money", "за опоздавший ответ")
    comes(page, later + "/notifications", "Возвращаем 500 ₸")

    boss = chromium.new_context(viewport=DESKTOP, locale="ru-RU").new_page()
    sign_in(portal, boss, SUPERVISOR, later)
    comes(boss, later + "/notifications", number)
    boss.context.close()
