"""A customer files a fault; a specialist answers; the customer rates; a supervisor reviews."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, RunningPortal

pytestmark = pytest.mark.long

SUBJECT = "Телефон молчит после грозы"
CUSTOMER = "holder of 7 1205"
# Almaty is five hours ahead; the promise of a repair is two days long.
A_DAY_AHEAD = "() => new Date(Date.now() + 29 * 36e5).toISOString().slice(0, 16)"


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    path = tmp_path / "лампа.png"
    Image.new("RGB", (40, 30), "red").save(path)
    return path


@pytest.fixture
def staff(chromium: Browser, portal: RunningPortal) -> Iterator[Callable[[str], Page]]:
    """Return a function that signs somebody of the staff in, in a browser of his own."""
    contexts = []

    def enter(who: str) -> Page:
        context = chromium.new_context(viewport=DESKTOP, locale="ru-RU")
        contexts.append(context)
        page = context.new_page()
        portal.sign_in(page, who)
        return page

    yield enter
    for context in contexts:
        context.close()


def file_fault(page: Page, lamp: Path) -> str:
    """File a fault with a picture; return the address of the appeal."""
    page.goto(page.url.split("?")[0] + "/appeals/new?kind=fault")
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=body]", "Вчера была гроза, с тех пор в трубке тишина.")
    page.click("button[value=files]")
    page.set_input_files("[name=file]", lamp)
    page.click("form[enctype] button")
    expect(page.locator("main")).to_contain_text("лампа.png")
    page.click("button[value=send]:visible")
    page.click("button[value=other]")  # It is not the cut cable that is known there.
    expect(page.locator("h1")).to_have_text(SUBJECT)
    return page.url.split("?")[0]


def answer(desk: Page, kind: str, body: str) -> None:
    """Write as the specialist; an interim answer promises the same time tomorrow."""
    desk.click(f".segment label:has([value={kind}])")
    desk.fill("form[action$='/answer'] [name=body]", body)
    if kind == "interim":
        desk.fill("[name=promised_at]", str(desk.evaluate(A_DAY_AHEAD)))
    desk.click("form[action$='/answer'] button")
    expect(desk.locator(".desk-scroll")).to_contain_text(body)


def claim(desk: Page) -> None:
    desk.click(f".ticket:has-text('{SUBJECT}')")
    desk.click("form[action$='/claim'] button")
    expect(desk.locator("form[action$='/release']")).to_be_visible()


def rate(page: Page) -> None:
    page.click("text=Оценить ответ")
    expect(page.locator("h1")).to_have_text("Оценить ответ")
    page.click(".rating label:has-text('5')")
    page.fill("[name=comment]", "Быстро и вежливо.")
    page.click("main form button")
    expect(page.locator("#rate")).to_contain_text("5 из 5")


def review(desk: Page) -> None:
    desk.click(f"a:has-text('{SUBJECT}')")
    desk.click("form[action$='/acknowledge'] button")
    expect(desk.locator("#close")).to_be_visible()
    desk.click("label:has-text('Всё было в порядке')")
    desk.fill("[name=action]", "Поблагодарила Данияра.")
    desk.click("main form button[value=close]")
    expect(desk.locator("h1")).to_have_text("Оценки на разборе")


def test_a_fault_is_answered_rated_and_reviewed(
    portal: RunningPortal, page: Page, staff: Callable[[str], Page], lamp: Path
) -> None:
    portal.sign_in(page, CUSTOMER)
    address = portal.person(CUSTOMER).email
    appeal = file_fault(page, lamp)
    expect(page.locator(".promises")).to_contain_text("Ремонт: идёт")
    portal.wait_for_mail(address, "зарегистрировано")

    desk = staff("specialist")
    claim(desk)
    answer(desk, "interim", "Заменим кабель завтра утром.")
    page.goto(appeal)
    expect(page.locator(".promises")).to_contain_text("Ответ в тот же день: сдержан")

    answer(desk, "final", "Кабель заменили, телефон работает.")
    portal.wait_for_mail(address, "Окончательный ответ на")
    page.goto(appeal)
    expect(page.locator(".promises")).to_contain_text("Ремонт: сдержан")
    rate(page)

    boss = staff("supervisor")
    boss.goto(f"{portal.address}/staff/ratings")
    review(boss)
    expect(boss.locator("main")).not_to_contain_text(SUBJECT)
