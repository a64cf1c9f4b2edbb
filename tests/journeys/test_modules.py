"""The small modules: each makes quicker what works without it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from portal.core import clock
from tests.appeals.rows import add_appeal
from tests.browser import Browser
from tests.cast import Person
from tests.home.test_home import busy
from tests.journeys.test_accessibility import HOST, serve

__all__ = ["busy"]


@pytest.fixture
def home(app: Flask, db: Session, busy: Person, page: Page) -> Page:
    """Alice's home page in a tab."""
    browser = Browser(app, db)
    browser.log_in(busy)
    serve(page, browser)
    page.goto(HOST + browser.url("home.show_home", account_id=busy.account_id))
    return page


@pytest.fixture
def scriptless(app: Flask, db: Session, busy: Person, chromium: Chromium) -> Iterator[Page]:
    """The same page in a browser that runs no scripts."""
    context = chromium.new_context(java_script_enabled=False)
    browser = Browser(app, db)
    browser.log_in(busy)
    page = context.new_page()
    serve(page, browser)
    page.goto(HOST + browser.url("home.show_home", account_id=busy.account_id))
    yield page
    context.close()


def test_escape_closes_a_menu_and_gives_the_focus_back(home: Page) -> None:
    summary = home.locator(".avatar-menu summary")
    summary.click()
    expect(home.locator(".avatar-menu[open]")).to_have_count(1)

    home.keyboard.press("Escape")

    expect(home.locator("details.dropdown[open]")).to_have_count(0)
    expect(summary).to_be_focused()


def test_one_menu_at_a_time(home: Page) -> None:
    home.locator(".avatar-menu summary").click()

    home.locator(".switcher summary").click()

    expect(home.locator("details.dropdown[open]")).to_have_count(1)


def test_colours_change_at_once_and_are_remembered(home: Page) -> None:
    home.locator(".avatar-menu summary").click()
    with home.expect_request(lambda asked: asked.method == "POST"):
        home.locator(".avatar-menu button[value=dark]").click()
    expect(home.locator("html")).to_have_attribute("data-theme", "dark")

    home.reload()

    expect(home.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_is_left_is_kept_fresh(home: Page) -> None:
    words = home.locator("[data-words]").first

    expect(words).to_have_text(re.compile(r"^(\d+\u00a0\w+ ?)+ left$"))


def test_an_impatient_second_press_sends_nothing(
    app: Flask, db: Session, alice: Person, page: Page
) -> None:
    serve(page, Browser(app, db))
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.method))
    page.goto(f"{HOST}/appeals/new")

    page.locator("main form button[type=submit]").last.dblclick()

    expect(page.locator(".errors")).to_be_focused()
    assert sent.count("POST") == 1


def test_menus_and_colours_work_without_scripts(scriptless: Page) -> None:
    scriptless.locator(".avatar-menu summary").click()
    scriptless.locator(".avatar-menu button[value=dark]").click()

    expect(scriptless.locator("html")).to_have_attribute("data-theme", "dark")
    assert urlsplit(scriptless.url).path.startswith("/a/")


@pytest.mark.long
def test_a_page_that_is_not_renewed_any_more_says_so_and_keeps_what_was_typed(
    app: Flask, db: Session, dora: Person, page: Page
) -> None:
    browser = Browser(app, db)
    browser.log_in(dora)
    serve(page, browser)
    appeal = add_appeal(db, account_id=None)
    db.commit()
    path = browser.url("staff.show_ticket", appeal_id=appeal.id)
    with page.expect_request(lambda asked: "/news" in asked.url) as asked:
        page.goto(HOST + path)
    assert asked.value.headers["x-poll"] == "1"
    page.locator("textarea").first.fill("Half a sen")

    clock.freeze(clock.now() + timedelta(minutes=16))

    notice = page.locator(".toasts [role=status]")
    expect(notice).to_contain_text("You were signed out", timeout=30_000)
    expect(page.locator("textarea").first).to_have_value("Half a sen")
    assert notice.get_by_role("link").get_attribute("href") == f"/sign-in?next={path}"
    notice.get_by_role("button").click()
    expect(notice).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("status", [403, 404])
def test_a_page_whose_news_are_refused_says_so_and_asks_no_more(
    app: Flask, db: Session, dora: Person, page: Page, status: int
) -> None:
    browser = Browser(app, db)
    browser.log_in(dora)
    serve(page, browser)
    appeal = add_appeal(db, account_id=None)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=status, body="")

    page.route("**/staff/appeals/*/news*", refuse)
    page.goto(HOST + browser.url("staff.show_ticket", appeal_id=appeal.id))
    page.locator("textarea").first.fill("Half a sen")

    notice = page.locator(".toasts [role=status]")
    expect(notice).to_contain_text("This page no longer renews itself", timeout=30_000)
    expect(page.locator("textarea").first).to_have_value("Half a sen")
    page.wait_for_timeout(2_500)
    assert len(asked) == 1

    notice.get_by_role("button", name="Reload").click()
    expect(notice).to_have_count(0)
