"""Journey: the catalogue manager changes a price without scripts, and a customer sees it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, RunningPortal

pytestmark = pytest.mark.long  # a long way through the portal

CODE, OLD, NEW = "tv-sport", "1 290 ₸", "1 350 ₸"


def test_a_price_is_changed_looked_at_released_and_seen(
    portal: RunningPortal, chromium: Browser, page: Page
) -> None:
    plain = chromium.new_context(viewport=DESKTOP, locale="ru-RU", java_script_enabled=False)
    desk = plain.new_page()
    portal.sign_in(desk, "catalogue manager")
    portal.sign_in(page, "neighbour")
    shelf = f"{page.url}/services/catalogue/{CODE}"

    desk.get_by_role("link", name="Пакет «Спорт»").click()
    desk.locator("[name=monthly]").fill("1350")
    desk.get_by_role("button", name="Сохранить в черновике").click()
    expect(desk.get_by_text("Посмотреть условия: 1 350 ₸ в месяц")).to_be_visible()
    page.goto(shelf)
    expect(page.get_by_text(OLD).first).to_be_visible()

    desk.get_by_role("link", name="Проверить и выпустить").click()
    expect(desk.get_by_text("дороже на 60 ₸")).to_be_visible()
    desk.get_by_label("Зачем").fill("Сезон")
    desk.get_by_role("button", name="Выпустить для всех клиентов").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Версия 3")
    plain.close()

    page.goto(shelf)
    expect(page.get_by_text(NEW).first).to_be_visible()
    expect(page.get_by_text(OLD)).to_have_count(0)
