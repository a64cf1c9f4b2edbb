"""Every page of the access table: no fault for axe-core, nothing wider than a small phone."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Route
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.access import EVERYBODY, Row, World
from tests.browser import Browser
from tests.cast import Person
from tests.test_access import ROWS

HOST = "http://localhost"
NO_PAGES = {
    "text/plain",
    "text/css",
    "text/csv",
    "text/calendar",
    "application/atom+xml",
    "application/yaml",
    "application/json",
    "application/pdf",
    "application/octet-stream",
    "image/png",
}
PHONE = {"width": 320, "height": 640}


def _open_to(row: Row) -> str | None:
    """Return somebody who gets the page, a customer rather than staff."""
    order = ("alice", *EVERYBODY)
    return next((persona for persona in order if row.statuses[persona] == 200), None)


PAGES = {
    key: persona
    for key, row in ROWS.items()
    if " " not in key and (persona := _open_to(row)) is not None
}


def serve(page: Page, browser: Browser) -> None:
    """Let the tab speak with the portal of this test, without a network."""

    def answer(route: Route) -> None:
        asked = route.request
        parts = urlsplit(asked.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        response = browser.client.open(
            path, method=asked.method, data=asked.post_data_buffer, headers=asked.headers
        )
        headers = {name: value for name, value in response.headers if name != "Content-Encoding"}
        route.fulfill(status=response.status_code, headers=headers, body=response.get_data())

    page.route("**/*", answer)


@pytest.mark.long
@pytest.mark.parametrize("key", sorted(PAGES))
def test_axe_finds_nothing_and_nothing_sticks_out(
    key: str,
    app: Flask,
    db: Session,
    cast: dict[str, Person],
    page: Page,
    axe: Callable[[Page], list[str]],
) -> None:
    path = _path(key, app, db, cast, page)
    if path is None:
        return  # A file, a feed, or a part of a page.

    found: dict[str, object] = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(HOST + path)
        found[scheme] = axe(page)
    page.set_viewport_size(PHONE)
    found["width"] = page.evaluate("document.documentElement.scrollWidth")

    assert found == {"light": [], "dark": [], "width": PHONE["width"]}


def _path(key: str, app: Flask, db: Session, cast: dict[str, Person], page: Page) -> str | None:
    """Return the address of the row's page, ready to be opened; None if it is no page."""
    row, persona = ROWS[key], PAGES[key]
    browser = Browser(app, db)
    values = row.values(World(db, cast)) if row.values else {}
    db.commit()
    if persona != "anonymous":
        browser.log_in(cast[persona])
    rule = next(iter(app.url_map.iter_rules(key)))
    if "account_id" in rule.arguments:
        values.setdefault("account_id", cast["alice"].account_id)
    path = browser.url(key, **values)
    if not _is_page(browser.client.get(path)):
        return None
    serve(page, browser)
    return path


def _is_page(response: TestResponse) -> bool:
    if response.mimetype != "text/html":
        assert response.mimetype in NO_PAGES
        return False
    # A letter's preview is a document without scripts, for a frame of another page.
    is_letter = "sandbox" in response.headers["Content-Security-Policy"]
    is_fragment = b"<html" not in response.data
    return not (is_letter or is_fragment)
