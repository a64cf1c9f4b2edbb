"""Journey: a customer connects what needs a technician, on a Sunday, and moves the visit."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from portal.core import clock
from portal.core.text import local
from tests.journeys.conftest import RunningPortal
from tests.live import Live

pytestmark = pytest.mark.long  # a long way through the portal

WISH = "camera"
ORDER = re.compile("/orders/[0-9a-f-]*$")


@pytest.fixture
def live(live: Live) -> Live:
    """Let activation start at once when the technician has been there."""
    live.settings["ORDER_UNDO_SECONDS"] = "0"
    return live


def sundays() -> list[date]:
    """Return the two Sundays of the days that can be chosen, whatever day it is."""
    today = local(clock.now()).date()
    ahead = [today + timedelta(days=each) for each in range(1, 15)]
    return [day for day in ahead if day.weekday() == 6]


def calendar_of(raw: bytes) -> dict[str, object]:
    """Return what a calendar understands of the file."""
    [event] = Calendar.from_ical(raw).walk("VEVENT")
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "begins": local(event.start).strftime("%A %H:%M"),
    }


def downloaded(page: Page) -> dict[str, object]:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Add to the calendar").click()
    return calendar_of(waiting.value.path().read_bytes())


def attached(letter: EmailMessage) -> dict[str, object]:
    [file] = letter.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    return calendar_of(file.get_payload(decode=True))


def choose(page: Page, day: date, hours: str) -> None:
    """Choose a time of a Sunday."""
    group = page.get_by_role("group", name=re.compile(f"Sunday, {day.day}\\s{day:%B}"))
    group.get_by_label(hours).check()


def in_english(page: Page, address: str | re.Pattern[str]) -> None:
    """Wait for a page, and read it in English."""
    page.wait_for_url(address)
    page.goto(f"{page.url}?lang=en")


def connect_on(page: Page, home: str, day: date) -> None:
    """Order what needs a technician; without a time nothing is ordered."""
    page.goto(f"{home}/services/catalogue/{WISH}?lang=en")
    page.get_by_role("button", name="See the terms").click()
    in_english(page, re.compile("/quotes/"))
    page.get_by_role("button", name="Connect for").click()
    expect(page.get_by_role("link", name="Choose a time.")).to_be_visible()
    choose(page, day, "13:00–15:00")
    page.get_by_role("button", name="Connect for").click()
    in_english(page, ORDER)
    expect(page.get_by_text(re.compile("Sunday.*13:00–15:00"))).to_be_visible()


def move_to(page: Page, day: date) -> None:
    page.get_by_role("link", name="Move the visit").click()
    in_english(page, re.compile("/visit$"))
    choose(page, day, "19:00–21:00")
    page.get_by_role("button", name="Move the visit").click()
    in_english(page, ORDER)
    expect(page.get_by_text(re.compile("Sunday.*19:00–21:00"))).to_be_visible()
    expect(page.get_by_text("Visit: replaced")).to_be_visible()


def test_somebody_is_visited_on_a_sunday_and_moves_the_visit(
    portal: RunningPortal, page: Page
) -> None:
    portal.sign_in(page, "holder of 7 1203 4456")
    first, last = sundays()
    is_open = first > local(clock.now()).date() + timedelta(days=1)

    connect_on(page, page.url, last)
    booked = downloaded(page)
    move_to(page, first if is_open else last)
    moved = downloaded(page)

    assert (booked["sequence"], booked["begins"]) == (0, "Sunday 13:00")
    assert (moved["sequence"], moved["begins"]) == (1, "Sunday 19:00")
    assert booked["uid"] == moved["uid"]
    assert attached(portal.wait_for_mail("aigerim@example.kz", "Визит перенесён")) == moved


def miss_the_visit(portal: RunningPortal, chromium: Browser) -> None:
    """Let a specialist, without scripts, write down that nobody came on the last Sunday."""
    plain = chromium.new_context(java_script_enabled=False, locale="en-GB")
    desk = plain.new_page()
    portal.sign_in(desk, "specialist")
    desk.goto(f"{portal.address}/staff/visits?lang=en&day={sundays()[1].isoformat()}")
    desk.locator("td a").first.click()
    desk.goto(f"{desk.url}?lang=en")
    desk.get_by_label("We did not come").check()
    desk.get_by_role("button", name="Write the result down").click()
    desk.wait_for_url(re.compile(r"/staff/visits\?"))
    plain.close()


def test_a_missed_visit_is_told_compensated_and_seen_by_everybody(
    portal: RunningPortal, chromium: Browser, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    portal.sign_in(page, "holder of 7 1203 4456")
    home = page.url
    connect_on(page, home, sundays()[1])
    order = page.url.split("?")[0]
    for address in (order, f"{order}/visit"):
        page.goto(address)
        assert axe(page) == []
    miss_the_visit(portal, chromium)

    page.goto(f"{order}?lang=en")
    expect(page.get_by_text("We promised to come and did not.")).to_be_visible()
    expect(page.get_by_text("Visit: broken")).to_be_visible()
    assert axe(page) == []
    page.goto(f"{home}/money?lang=en")
    credited = page.get_by_text(re.compile(r"−2\s000\s₸")).locator("visible=true")
    expect(credited.first).to_be_visible()
