"""A specialist works ten appeals with the keyboard alone: no mouse is touched after the sign-in."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.accounts.models import User
from portal.appeals.models import Appeal, AppealNote, Message
from portal.appeals.states import AppealKind
from portal.core.text import ZONE
from tests.appeals.factories import file_publicly
from tests.journeys.conftest import RunningPortal

pytestmark = pytest.mark.long

PATIENCE = 30_000  # milliseconds; on a busy machine a page takes long
TOPIC = "Проверка связи"
ROUTES = ["message", "interim", "final", "note", "final"] * 2
KEY_OF = {"message": "r", "interim": "i", "final": "f", "note": "n"}


@pytest.fixture
def numbers(portal: RunningPortal) -> list[str]:
    """Ten new faults; their numbers in the order in which they were filed."""
    app = portal.live.app()
    with portal.live.session() as books:
        return [
            books.get_one(
                Appeal, file_publicly(app, AppealKind.FAULT, subject=f"{TOPIC} {place}")[0]
            ).number
            for place in range(len(ROUTES))
        ]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def press(page: Page, key: str) -> None:
    """Press a key of the desk, once the page listens to it."""
    page.wait_for_function("document.querySelector('[data-keys-switch]:not([hidden])')")
    page.keyboard.press(key)


def go_to(page: Page, words: str) -> None:
    """Step up and down the queue until the ticket with these words has the focus, and open it."""
    for key in "k" * 25 + "j" * 25:
        press(page, key)
        if words in focused(page):
            break
    assert words in focused(page)
    page.keyboard.press("Enter")
    expect(page.locator("#talk-title")).to_have_text(words, timeout=PATIENCE)


def type_date(page: Page, day: datetime) -> None:
    """Type a date and noon into the field that has the focus, in the order that the browser has."""
    field = page.locator("#promised_at")
    for order in ("%m%d%Y", "%d%m%Y"):
        page.keyboard.type(day.strftime(order))
        page.keyboard.press("ArrowRight")
        page.keyboard.type("1200P")
        if field.input_value():
            break
        for _ in range(6):  # The parts that were typed in the wrong order are emptied.
            page.keyboard.press("Backspace")
            page.keyboard.press("ArrowLeft")
    expect(field).to_have_value(f"{day:%Y-%m-%d}T12:00")


def write(page: Page, kind: str, body: str) -> None:
    """Press the key of what is written, write, and send with the keys."""
    press(page, KEY_OF[kind])
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator(f"#answer-form [value={kind}]")).to_be_checked()
    page.keyboard.type(body)
    if kind == "interim":
        page.keyboard.press("Tab")
        expect(page.locator("#promised_at")).to_be_focused()
        type_date(page, datetime.now(ZONE) + timedelta(days=1))
    page.locator("#answer-form button.button").wait_for()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#answer-form button')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#talk")).to_contain_text(body, timeout=PATIENCE)


def test_ten_appeals_are_worked_with_the_keyboard_alone(
    portal: RunningPortal, page: Page, numbers: list[str]
) -> None:
    portal.sign_in(page, "specialist")
    page.goto(f"{portal.address}/staff/queue?channel=form&kind=fault&segment=unclaimed")

    for place, kind in enumerate(ROUTES):
        go_to(page, f"{TOPIC} {place}")
        press(page, "c")
        expect(page.locator("form[action*='/release']")).to_be_visible(timeout=PATIENCE)
        write(page, kind, f"Ответ {place}")
    check_search_and_help(page, numbers[0])

    with portal.live.session() as books:
        daniyar = books.scalars(select(User.id).where(User.name.startswith("Данияр"))).one()
        mine = select(Appeal).where(Appeal.subject.startswith(TOPIC)).order_by(Appeal.id)
        appeals = books.scalars(mine).all()
        assert {appeal.assignee_id for appeal in appeals} == {daniyar}
        assert [appeal.state == "answered" for appeal in appeals] == [k == "final" for k in ROUTES]
        said = books.scalars(
            select(Message.kind)
            .where(Message.author_id == daniyar, Message.appeal_id.in_([a.id for a in appeals]))
            .order_by(Message.id)
        ).all()
        assert said == [kind for kind in ROUTES if kind != "note"]
        notes = select(AppealNote.body).where(AppealNote.appeal_id.in_([a.id for a in appeals]))
        assert sorted(books.scalars(notes)) == ["Ответ 3", "Ответ 8"]


def check_search_and_help(page: Page, number: str) -> None:
    """Find an appeal by its number, see all keys, switch them off and on again."""
    press(page, "/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(f"{number} jj?")  # While one types, no key does anything.
    expect(page.locator("#q")).to_have_value(f"{number} jj?")
    for _ in range(4):
        page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("#talk-title")).to_have_text(f"{TOPIC} 0", timeout=PATIENCE)
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    switch = page.locator("[data-keys-switch]")
    switch.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "n")
    expect(page.locator("#body")).not_to_be_focused()
    page.reload()
    press(page, "n")
    expect(page.locator("#body")).not_to_be_focused()
