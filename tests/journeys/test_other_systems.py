"""The administrator's pages, which nobody of the cast may open: axe-core, and a small phone."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests.api.test_desk import given_up, harry, webhook_of
from tests.browser import Browser
from tests.journeys.test_accessibility import HOST, PHONE, serve

WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.long
def test_the_pages_of_other_systems_have_no_fault(
    app: Flask, db: Session, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    webhook = webhook_of(db, url="https://tracker.example.kz/" + "long/" * 20, failures=3)
    given_up(db, webhook, 2)
    browser = Browser(app, db)
    browser.log_in(harry(db))
    serve(page, browser)
    for path in ("/staff/feed", f"/staff/feed/receivers/{webhook.id}"):
        page.goto(HOST + path)
        assert axe(page) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate(WIDTH) <= PHONE["width"]
