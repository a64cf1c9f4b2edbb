"""A complaint is investigated: a question stops the clock, time is added, and it is reopened."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal

pytestmark = pytest.mark.long

SUBJECT = "Сумма в счёте не та"
CUSTOMER = "holder of 7 1205"
ALMATY = ZoneInfo("Asia/Almaty")
INVESTIGATION = "Окончательный ответ после расследования"
DAYS_AHEAD = "days => new Date(Date.now() + (days * 24 + 5) * 36e5).toISOString().slice(0, 16)"


def complain(page: Page) -> str:
    """File a complaint; return the address of the appeal."""
    page.goto(page.url.split("?")[0] + "/appeals/new?kind=complaint")
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=body]", "За ноябрь выставили вдвое больше, чем обещали в тарифе.")
    page.click("main button[value=send]:visible")
    expect(page.locator("h1")).to_have_text(SUBJECT)
    return page.url.split("?")[0]


def say(desk: Page, kind: str, body: str, *, days: int = 0) -> None:
    desk.click(f".segment label:has([value={kind}])")
    desk.fill("form[action$='/answer'] [name=body]", body)
    if days:
        desk.fill("[name=promised_at]", str(desk.evaluate(DAYS_AHEAD, days)))
    desk.click("form[action$='/answer'] button[type=submit]")
    expect(desk.locator(".desk-scroll")).to_contain_text(body)


def investigate(desk: Page, reason: str) -> None:
    """Open the investigation, or give it more time."""
    form = desk.locator("form[action$='/investigate']")
    desk.locator("details", has=form).locator("summary").first.click()
    form.locator("[name=reason]").fill(reason)
    form.locator("button").click()
    expect(form.locator("[name=reason]")).to_have_value("")


def extend(desk: Page, reason: str) -> None:
    desk.reload()
    investigate(desk, reason)
    desk.reload()


def write(page: Page, body: str) -> None:
    page.fill("#reply [name=body]", body)
    page.click("#reply button[value=send]")
    expect(page.locator("#talk, [aria-labelledby=talk]").first).to_contain_text(body)


def says(page: Page, *sentences: str) -> None:
    for words in sentences:
        expect(page.locator("main")).to_contain_text(words)


def is_due_in(page: Page, days: int) -> None:
    """Look at the investigation's row: it is due so many days after today."""
    on = format_date(datetime.now(ALMATY) + timedelta(days=days), "d MMMM", locale="ru")
    row = page.locator("ul.promises > li", has_text=f"{INVESTIGATION}: идёт")
    expect(row.locator("dl > div").last).to_contain_text(on, use_inner_text=False)


def take_up(desk: Page) -> None:
    """Claim the complaint, open an investigation, promise a day, and ask something."""
    desk.goto(desk.url.split("/staff")[0] + "/staff/queue")
    desk.click(f".ticket:has-text('{SUBJECT}')")
    desk.click("form[action$='/claim'] button")
    investigate(desk, "Надо сверить счёт с отделом расчётов.")
    say(desk, "interim", "Сверим счёт до этого дня.", days=5)
    say(desk, "question", "Пришлите, пожалуйста, номер договора из счёта.")


def test_a_complaint_is_paused_extended_answered_and_reopened(
    portal: RunningPortal, page: Page, desk: Page
) -> None:
    portal.sign_in(page, CUSTOMER)
    complaint = complain(page)
    says(page, "Окончательный ответ: идёт")

    take_up(desk)
    page.goto(complaint)
    says(page, "Окончательный ответ: заменён", f"{INVESTIGATION}: идёт")
    says(page, "Вопрос к вам", "пока ждали вас")
    write(page, "7 1205 1020")

    extend(desk, "Отдел расчётов ждёт выписку банка.")
    page.reload()
    says(page, "Отдел расчётов ждёт выписку банка.")
    is_due_in(page, 30)  # The fifth day, which was named before, is no longer promised.
    say(desk, "final", "Лишнее вернули, счёт исправлен.")

    page.goto(complaint)
    says(page, f"{INVESTIGATION}: сдержан")
    write(page, "В новом счёте снова та же сумма!")
    says(page, "Окончательный ответ: идёт", f"{INVESTIGATION}: сдержан")
    checked = portal.live.app("kabinet_worker").test_cli_runner().invoke(args=["sla", "verify"])
    assert checked.output.splitlines()[-1].endswith(" 0 differences"), checked.output
