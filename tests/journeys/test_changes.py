"""A cheaper plan is planned and undone; what ends with a plan is told; a refusal is seen by all."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, RunningPortal
from tests.live import Live

pytestmark = pytest.mark.long  # a long way through the portal

SOON = 60_000
HOLDER = "holder of 7 1203"
PLAN = "Интернет «Вместе 200»"


@pytest.fixture
def live(live: Live) -> Live:
    """Let activation start a second after an order."""
    live.settings["ORDER_UNDO_SECONDS"] = "1"
    return live


@pytest.fixture
def home(portal: RunningPortal, page: Page) -> str:
    """Sign the holder of the demo's contract in; return the contract's address."""
    portal.sign_in(page, HOLDER)
    found = re.match(r".*/a/[0-9a-f-]{36}", page.url)
    assert found
    return found[0]


def test_a_cheaper_plan_at_the_end_of_the_month_is_ordered_and_undone(
    home: str, page: Page
) -> None:
    page.goto(f"{home}/services/catalogue/vmeste-100")
    page.get_by_label("Когда закончится этот месяц").check()
    page.get_by_role("button", name="Посмотреть условия").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Смена тарифа: Интернет «Вместе 100»")
    page.get_by_role("button", name="Перейти за 5 490 ₸ в месяц").click()
    expect(page.get_by_text("До этого дня здесь можно бесплатно всё вернуть")).to_be_visible()

    page.goto(f"{home}/services")
    expect(page.get_by_text("Ждёт своего дня")).to_be_visible()
    waiting = page.locator("section", has_text="Ждёт своего дня")
    waiting.get_by_role("link", name=re.compile("^Заявка 26-")).click()
    page.get_by_role("button", name="Вернуть как было").click()
    expect(page.get_by_text("Заявка отменена. Ничего не изменилось.")).to_be_visible()

    page.goto(f"{home}/services")
    expect(page.get_by_text("Ждёт своего дня")).to_have_count(0)
    expect(page.get_by_role("link", name=PLAN)).to_be_visible()


def test_what_ends_with_a_service_is_told_and_then_ends(home: str, page: Page) -> None:
    page.goto(f"{home}/services")
    # The TV plan awaits a second box: what an order needs cannot end before it.
    order = page.get_by_role("link", name=re.compile("^Заявка 26-")).first
    order.click()
    page.get_by_role("button", name="Отменить заявку").click()
    page.goto(f"{home}/services")
    page.get_by_role("link", name=PLAN).click()
    page.get_by_role("link", name="Отключить").click()
    for gone in ("Родительский контроль", "Антивирус"):
        expect(page.locator("main")).to_contain_text(gone)
    page.get_by_label("Слишком дорого").check()
    page.get_by_role("button", name="Увидеть точные условия").click()
    for gone in ("Родительский контроль", "Антивирус"):
        expect(page.locator(".quote-lost")).to_contain_text(gone)
    page.get_by_role("button", name="Отключить сейчас").click()
    expect(page.locator(".badge").first).to_have_text("Готово", timeout=SOON)

    page.goto(f"{home}/services")
    expect(page.get_by_role("link", name="Домашний телефон")).to_be_visible()
    for gone in (PLAN, "Родительский контроль", "Антивирус"):
        expect(page.locator("main").get_by_role("link", name=gone, exact=True)).to_have_count(0)


def test_a_failed_activation_is_seen_by_customer_and_specialist(
    home: str, page: Page, portal: RunningPortal, chromium: Browser
) -> None:
    page.goto(f"{home}/services/catalogue/vmeste-1000")
    page.get_by_role("button", name="Посмотреть условия").click()
    page.get_by_role("button", name="Перейти за 12 990 ₸ в месяц").click()
    refused = page.get_by_role("heading", name="Линия по этому адресу не выдержит такую скорость.")
    expect(refused).to_be_visible(timeout=SOON)
    number = re.search(r"26-\w{4}-\w{4}-\w", page.locator("main").inner_text())
    assert number
    page.goto(f"{home}/services")
    expect(page.get_by_role("link", name=PLAN)).to_be_visible()

    context = chromium.new_context(viewport=DESKTOP, locale="ru-RU")
    try:
        desk = context.new_page()
        portal.sign_in(desk, "specialist")
        desk.goto(f"{portal.address}/staff/queue")
        desk.locator(f".ticket:has-text('{number[0]}')").first.click()
        expect(desk.locator("main")).to_contain_text(number[0])
    finally:
        context.close()
