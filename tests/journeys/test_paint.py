"""The grid of the week: painted by finger and by keys, and filled in without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from portal.parental.models import Profile
from portal.parental.settings import week_of
from tests.browser import Browser
from tests.cast import Person
from tests.journeys.test_accessibility import HOST, PHONE, serve
from tests.parental.factories import make_profile

LONG_PRESS = 700  # milliseconds; the module wants half of it
SAVE = "Save the schedule"


@pytest.fixture
def profile(db: Session, alice: Person) -> Profile:
    return make_profile(db, alice.account)


@pytest.fixture
def opened(
    app: Flask, db: Session, alice: Person, profile: Profile, chromium: Chromium
) -> Iterator[Any]:
    """Return a function that opens the page of a new time in a tab with these options."""
    contexts = []

    def open_page(**options: Any) -> Page:
        browser = Browser(app, db)
        browser.log_in(alice)
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        serve(page, browser)
        ids = {"account_id": alice.account_id, "profile_id": profile.id}
        page.goto(HOST + browser.url("parental.add_window", **ids))
        return page

    yield open_page
    for context in contexts:
        context.close()


def cell(page: Page, value: str) -> Locator:
    return page.locator(f".paint input[value='{value}']")


def middle(box: Locator) -> dict[str, float]:
    found = box.bounding_box()
    assert found is not None
    return {"x": found["x"] + found["width"] / 2, "y": found["y"] + found["height"] / 2}


def is_painted(page: Page) -> list[str]:
    return page.eval_on_selector_all(".paint input:checked", "boxes => boxes.map(b => b.value)")


def test_a_finger_paints_after_a_long_press_and_scrolls_otherwise(opened: Any) -> None:
    page = opened(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    expect(page.locator("#week-hint")).to_be_visible()
    page.locator("#week").evaluate("grid => grid.scrollIntoView({block: 'center'})")
    touch = page.context.new_cdp_session(page)
    start, end = middle(cell(page, "0-2")), middle(cell(page, "1-5"))

    def send(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", start)
    send("touchMove", end)
    send("touchEnd")
    assert is_painted(page) == []

    page.locator("#week").evaluate("grid => grid.scrollTo(0, 0)")
    send("touchStart", start)
    page.wait_for_timeout(LONG_PRESS)
    send("touchMove", end)
    send("touchEnd")
    assert sorted(is_painted(page)) == [f"{day}-{slot}" for day in (0, 1) for slot in (2, 3, 4, 5)]


def test_keys_lead_through_the_week_and_paint(opened: Any) -> None:
    page = opened()
    expect(page.locator("#week-hint")).to_be_visible()
    assert page.locator(".paint input[tabindex='0']").count() == 1

    cell(page, "0-0").focus()
    for key in (
        "ArrowUp",
        "ArrowLeft",
        "ArrowRight",
        "Space",
        "Shift+ArrowDown",
        "Shift+ArrowDown",
    ):
        page.keyboard.press(key)

    assert is_painted(page) == ["1-0", "1-1", "1-2"]
    expect(cell(page, "1-2")).to_be_focused()
    cell(page, "7-9").check()
    expect(page.get_by_label("As the column “Holidays” says")).to_be_checked()


def test_a_click_changes_one_half_hour(opened: Any) -> None:
    page = opened()
    expect(page.locator("#week-hint")).to_be_visible()

    cell(page, "2-20").click()
    cell(page, "3-21").click()
    cell(page, "2-20").click()

    assert is_painted(page) == ["3-21"]


def test_without_scripts_an_interval_says_the_same(
    opened: Any, db: Session, profile: Profile
) -> None:
    page = opened(java_script_enabled=False)
    page.get_by_label("Mon", exact=True).check()
    page.get_by_label("From").select_option("22:00")
    page.get_by_label("Until").select_option("23:00")
    cell(page, "5-1").check()

    page.get_by_role("button", name=SAVE).click()

    db.refresh(profile)
    (window,) = profile.settings.windows
    assert window.school_days == week_of({0: [44, 45], 5: [1]})
    assert window.internet_off
