"""Answers while one writes, a rating by the link of an e-mail, an agency that shops in secret."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from portal.accounts.models import User
from portal.appeals import actions
from portal.appeals.models import Appeal
from tests.appeals.factories import as_staff
from tests.cast import Person
from tests.journeys.conftest import RunningPortal

pytestmark = pytest.mark.long

ADDRESS = "visitor@example.kz"
SUBJECT = "Медленный роутер"


def answer(portal: RunningPortal) -> None:
    """Let Daniyar answer the visitor's appeal, as his desk would."""
    with portal.live.session() as session:
        specialist = session.scalars(select(User).where(User.staff_role == "specialist")).one()
        appeal_id = session.scalars(select(Appeal.id).where(Appeal.subject == SUBJECT)).one()
    as_staff(portal.live.app(), Person(specialist), appeal_id, actions.send_final, body="Готово.")


def file_publicly(portal: RunningPortal, page: Page) -> None:
    """Write an appeal without a sign-in; an answer is offered meanwhile, and does not help."""
    page.goto(f"{portal.address}/appeals/new?lang=ru")
    page.check("[name=kind][value=question]")
    page.locator("[name=subject]").press_sequentially(SUBJECT)
    expect(page.locator("#answers summary").first).to_be_visible(timeout=20_000)
    page.fill("[name=body]", "Уже перезапустил.")
    page.fill("[name=name]", "Тимур")
    page.fill("[name=email]", ADDRESS)
    page.select_option("[name=language]", "ru")
    page.click("button[value=send]")
    expect(page.locator("h1")).to_have_text(SUBJECT)


def test_answers_come_while_one_writes_and_the_answer_is_rated_by_mail(
    portal: RunningPortal, page: Page
) -> None:
    file_publicly(portal, page)
    answer(portal)

    letter = portal.wait_for_mail(ADDRESS, "Оцените, пожалуйста, наш ответ")
    words = letter.get_body(("plain",))
    assert words is not None
    link = next(urlsplit(word) for word in words.get_content().split() if "/ratings/" in word)
    page.goto(f"{portal.address}{link.path}?{link.query}")
    page.click(".rating label:has-text('4')")
    page.check("[name=marks][value=fast]")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("Ваша оценка — 4 из 5")


def test_an_agency_enters_what_it_saw_and_the_supervisor_compares(
    portal: RunningPortal, page: Page, chromium: Browser
) -> None:
    portal.sign_in(page, "agency")
    assert urlsplit(page.url).path == "/agency"
    page.click("button[value=technician]")
    page.fill("[name=place]", "Алматы, Алмалинский район")
    page.fill("[name=visited_on]", page.evaluate("new Date().toISOString().slice(0, 10)"))
    for reply in page.locator("main form input[value=yes]").all():
        reply.check(force=True)
    page.click("button[value=submit]")
    expect(page.locator("main")).to_contain_text("Алмалинский район")
    page.goto(f"{portal.address}/staff/queue")
    expect(page.locator("h1")).not_to_have_text("Очередь")

    boss = chromium.new_context(locale="ru-RU").new_page()
    portal.sign_in(boss, "supervisor")
    boss.goto(f"{portal.address}/staff/ratings/figures")
    expect(boss.locator("#shopping")).to_be_visible()
    expect(boss.locator("tr:has-text('Визит мастера')")).to_contain_text("100")
    boss.context.close()
