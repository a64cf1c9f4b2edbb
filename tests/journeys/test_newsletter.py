"""Journey (d): a reader subscribes, an editor sends, the e-mail comes, one press ends it."""

import re
from email.message import EmailMessage

import httpx
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal


def test_a_reader_gets_an_issue_and_ends_the_newsletter_without_signing_in(
    portal: RunningPortal, page: Page
) -> None:
    subscribe(portal, page)
    send(portal, page)

    letter = portal.wait_for_mail("aigerim@example.kz", "Два месяца")
    link = re.search(r"<(http://[^>]+/u/[^>]+)>", str(letter["List-Unsubscribe"]))
    assert link
    assert str(letter["List-Id"]) == '"Promotions" <promotions.news.localhost>'
    assert str(letter["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert link[1].startswith(portal.address)

    connect(portal, page, letter)
    press(page, link[1])
    assert httpx.post(link[1], data={"List-Unsubscribe": "One-Click"}).status_code == 200
    portal.sign_in(page, "7 1203 4456, manages")
    page.goto(f"{portal.address}/news/preferences")
    expect(page.get_by_label("Акции")).not_to_be_checked()
    expect(page.get_by_label("Новые услуги")).to_be_checked()


def subscribe(portal: RunningPortal, page: Page) -> None:
    portal.sign_in(page, "7 1203 4456, manages")
    page.goto(f"{portal.address}/news")
    page.get_by_role("link", name="Выбрать рассылки").click()
    page.get_by_label("Акции").check()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Подписка на «Акции»")).to_be_visible()
    page.context.clear_cookies()


def send(portal: RunningPortal, page: Page) -> None:
    portal.sign_in(page, "editor")
    page.goto(f"{portal.address}/staff/news")
    page.get_by_role("link", name="Написать выпуск").click()
    page.get_by_label("Рассылка", exact=True).select_option("promotions")
    page.get_by_label("Услуга, которую можно подключить").select_option("tv-optimal")
    for code, title in (("kk", "Екі ай тегін"), ("ru", "Два месяца даром"), ("en", "Two free")):
        page.locator(f"[name=title_{code}]").fill(title)
        page.locator(f"[name=lead_{code}]").fill(f"{title}.")
        page.locator(f"[name=body_{code}]").fill("**+2**")
    page.get_by_role("button", name="Сохранить черновик").click()
    page.get_by_role("link", name="Отправить читателям").click()
    expect(page.get_by_text("Читателей, которые получат выпуск сейчас")).to_be_visible()
    page.get_by_role("button", name="Отправить 2 читателям").click()
    expect(page.locator("#progress .badge")).to_have_text("Отправлено", timeout=20_000)
    page.context.clear_cookies()


def connect(portal: RunningPortal, page: Page, letter: EmailMessage) -> None:
    """Press “Connect” in the e-mail: sign-in, contract, offering, quote."""
    sheet = letter.get_body(("html",))
    assert sheet
    found = re.search(r'href="([^"]+/connect[^"]*)"', sheet.get_content())
    assert found
    page.goto(found[1])
    portal.fill_sign_in(page, "7 1203 4456, manages")
    page.locator("li.thing", has_text="1187").get_by_role("link").click()
    page.get_by_role("button", name="Посмотреть условия").click()
    expect(page).to_have_url(re.compile("/quotes/"))
    page.context.clear_cookies()


def press(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Отписаться от «Акции»")
    page.get_by_role("button", name="Отписаться").click()
    expect(page.get_by_text("Вы отписаны")).to_be_visible()
