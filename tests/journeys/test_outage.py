"""Journey: a fault during an outage joins it, is told its time, and is asked whether it works."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal
from tests.live import wait_until

pytestmark = pytest.mark.long  # a long way through the portal

CUSTOMER = "holder of 7 1205"
SUBJECT = "Нет интернета с утра"


def file_fault(page: Page) -> str:
    """Begin a fault, be told of the outage before it is sent, and follow; return its address."""
    page.goto(page.url.split("?")[0] + "/appeals/new?kind=fault")
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=body]", "Лампа на роутере красная.")
    page.press("[name=subject]", "Enter")  # Sends and does not follow by itself.
    expect(page.locator("#outage button[value=other]")).to_be_visible()
    expect(page.locator("#outage")).to_contain_text("Обрыв кабеля")
    expect(page.locator("[name=body]")).to_have_value("Лампа на роутере красная.")
    page.click("#outage button:has-text('Следить')")
    expect(page.locator("h1")).to_have_text(SUBJECT)
    return page.url.split("?")[0]


def reload_until(page: Page, selector: str, words: str) -> None:
    """Look again until the worker has written."""

    def look() -> bool:
        page.reload()
        return words in (page.locator(selector).text_content() or "")

    wait_until(look, 60)


def look_at_status(page: Page, portal: RunningPortal) -> None:
    """Read the public page in two languages, not signed in."""
    page.goto(f"{portal.address}/status?lang=ru")
    expect(page.locator("main")).to_contain_text("Обрыв кабеля на улице Саина")
    page.click("a[hreflang=kk]")
    expect(page.locator("h1")).to_have_text("Қазір не жұмыс істемейді")


def tell(desk: Page, portal: RunningPortal) -> None:
    """Broadcast how it goes, as the form proposes."""
    desk.goto(f"{portal.address}/staff/outages")
    desk.click("a:has-text('Обрыв кабеля')")
    desk.click("button[value=update]")
    expect(desk.locator("#told")).to_be_visible()


def say_no(page: Page) -> None:
    page.click("button[value=no]")
    expect(page.locator("#appeal-lead")).to_contain_text("Открыто снова")
    expect(page.locator("#appeal-talk")).to_contain_text("Всё ещё не работает.")


def say_yes(page: Page, appeal: str) -> None:
    page.goto(appeal)
    page.click("button[value=yes]")
    expect(page.locator("#appeal-lead")).to_contain_text("Закрыто")


def hear_of_it(desk: Page, portal: RunningPortal) -> None:
    """The appeal is in the queue again, and the specialist has been told."""
    desk.goto(f"{portal.address}/staff/queue")
    expect(desk.locator(f".ticket:has-text('{SUBJECT}')")).to_be_visible()
    desk.goto(f"{portal.address}/notifications")
    expect(desk.locator("main")).to_contain_text("всё ещё не работает")


def test_a_fault_joins_an_outage_and_is_asked_until_it_works(
    portal: RunningPortal, page: Page, desk: Page, axe: Callable[[Page], list[str]]
) -> None:
    look_at_status(page, portal)
    assert axe(page) == []
    portal.sign_in(page, CUSTOMER)
    expect(page.locator("#outage")).to_contain_text("Срок переносили 1 раз")
    appeal = file_fault(page)
    expect(page.locator("main")).to_contain_text("Обращение относится к известной аварии")
    assert axe(page) == []

    tell(desk, portal)
    assert axe(desk) == []
    reload_until(page, "#appeal-talk", "Промежуточный ответ")
    expect(page.locator(".promises")).to_contain_text("Ответ в тот же день: сдержан")

    desk.click("button[value=restore]")
    portal.wait_for_mail(portal.person(CUSTOMER).email, "Снова работает?")
    reload_until(page, "#appeal-talk", "Окончательный ответ")
    expect(page.locator(".promises")).to_contain_text("Ремонт: сдержан")
    assert axe(page) == []

    say_no(page)
    hear_of_it(desk, portal)
    say_yes(page, appeal)
