"""A parent loads a list, the devices follow; one press takes it back, and they follow again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal
from tests.live import wait_until
from tests.parental.real_lists import real_list

pytestmark = pytest.mark.long  # a long way through the portal

CLOSED = "192.0.2.53"
LIST = """casino-of-the-list.com
www.casino-of-the-list.com
||poker-of-the-list.com^
com.kz
"""


def is_closed(portal: RunningPortal, name: str) -> bool:
    return str(portal.ask_dns(name).answer[0][0]) == CLOSED


def load(page: Page) -> None:
    page.get_by_role("link", name="Загрузить список").click()


def test_a_list_is_loaded_and_undone(portal: RunningPortal, page: Page) -> None:
    portal.sign_in(page, "holder of 7 1203")
    page.goto(f"{page.url.split('?')[0]}/parental-control")
    load(page)
    page.get_by_label("Или вставьте список сюда").fill(LIST)
    page.get_by_role("button", name="Посмотреть список").click()
    expect(page.get_by_text("Строка 4: На com.kz")).to_be_visible()
    assert not is_closed(portal, "casino-of-the-list.com")

    page.get_by_role("button", name="Добавить 2 сайта").click()
    wait_until(lambda: is_closed(portal, "casino-of-the-list.com"))
    assert is_closed(portal, "m.poker-of-the-list.com")
    assert is_closed(portal, "roblox.com")

    page.get_by_role("button", name="Отменить").click()
    expect(page.get_by_text("Эта загрузка отменена")).to_be_visible()
    wait_until(lambda: not is_closed(portal, "casino-of-the-list.com"))
    assert not is_closed(portal, "m.poker-of-the-list.com")
    assert is_closed(portal, "roblox.com")

    _a_long_list_answers_by_itself(page)
    _a_list_goes_out_and_comes_in(page)


def _a_long_list_answers_by_itself(page: Page) -> None:
    """No press is needed: the page says by itself why the list is too long."""
    load_again = page.url.split("/imports/")[0] + "/import"
    page.goto(load_again)
    content = real_list("adguard_drugs-ags.txt")
    page.set_input_files(
        "main [type=file]", {"name": "long.txt", "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Посмотреть список").click()
    expect(page.get_by_text("В профиле стало бы 19020 сайтов")).to_be_visible(timeout=90_000)


def _a_list_goes_out_and_comes_in(page: Page) -> None:
    page.goto(page.url.split("/imports/")[0] + "/export")
    with page.expect_download() as coming:
        page.locator("a[href$='/export/json']").click()
    assert coming.value.suggested_filename == "kabinet-json.json"
    content = Path(coming.value.path()).read_bytes()

    page.goto(re.sub("/export.*", "/import", page.url))
    page.set_input_files(
        "main [type=file]", {"name": "own.json", "mimeType": "application/json", "buffer": content}
    )
    page.get_by_role("button", name="Посмотреть список").click()

    expect(page.get_by_text("В списке нет ничего нового")).to_be_visible()
    expect(page.get_by_text("Прочитано как: JSON этого портала.")).to_be_visible()
