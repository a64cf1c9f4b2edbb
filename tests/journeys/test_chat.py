"""A chat is answered in time; customer and specialist write to each other without a reload."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, RunningPortal

pytestmark = pytest.mark.long

CUSTOMER, SPECIALIST = "holder of 7 1205", "specialist"
QUESTION = "Здравствуйте! Каналы показывают квадратики."
SOON = 30_000  # milliseconds; a page asks every 2 to 15 s


def marked(page: Page) -> None:
    """Leave a mark on the page: it is gone when the page is loaded anew."""
    page.evaluate("window.isSamePage = true")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.isSamePage === true"))


def answer(desk: Page, words: str) -> None:
    desk.fill("form[action$='/answer'] [name=body]", words)
    desk.click("form[action$='/answer'] button[type=submit]:has-text('Отправить')")
    expect(desk.locator(".desk-scroll")).to_contain_text(words)


def test_a_chat_is_answered_in_time_and_live_on_both_sides(
    portal: RunningPortal, page: Page, chromium: Browser
) -> None:
    open_chat(portal, page)
    desk = chromium.new_context(viewport=DESKTOP, locale="ru-RU").new_page()
    portal.sign_in(desk, SPECIALIST)
    desk.click(f".ticket:has-text('{QUESTION}')")

    expect(page.locator("#live")).to_contain_text("читает", timeout=SOON)
    desk.locator("form[action$='/answer'] [name=body]").press_sequentially("Доб", delay=200)
    expect(page.locator("#live")).to_contain_text("печатает", timeout=SOON)
    answer(desk, "Добрый день! На всех каналах?")
    expect(page.locator("#appeal-talk")).to_contain_text("На всех каналах?", timeout=SOON)
    expect(page.locator(".promises")).to_contain_text("Первый ответ: сдержан")

    marked(desk)
    write_back(page, desk)
    assert is_marked(page)
    assert is_marked(desk)
    desk.context.close()


def open_chat(portal: RunningPortal, page: Page) -> None:
    portal.sign_in(page, CUSTOMER)
    page.click("text=Чат со специалистом >> nth=0")
    page.fill("[name=body]", QUESTION)
    page.click("button[value=send]:visible")
    page.click("button[value=other]")  # It is not the cut cable that is known there.
    expect(page.locator(".promises")).to_contain_text("Первый ответ: идёт")
    marked(page)


def write_back(page: Page, desk: Page) -> None:
    """Write as the customer, by Enter, while the specialist watches."""
    box, talk = page.locator("#reply [name=body]"), page.locator("#appeal-talk")
    box.press_sequentially("Только на")
    expect(desk.locator("#line")).to_contain_text("печатает", timeout=SOON)
    box.press_sequentially(" спортивных.\n")
    expect(talk).to_contain_text("Только на спортивных.")
    expect(box).to_have_value("")
    expect(desk.locator(".desk-scroll")).to_contain_text("Только на спортивных.", timeout=SOON)
    box.press_sequentially("Первая.\nВторая.\n")  # Enter sends each, in their order.
    expect(talk).to_contain_text("Вторая.")
    assert talk.locator(".message-text").all_inner_texts()[-2:] == ["Первая.", "Вторая."]
