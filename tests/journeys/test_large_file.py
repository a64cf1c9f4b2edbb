"""A file that is too large is told of in our words, by the script and by the server."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import RunningPortal

pytestmark = pytest.mark.long
WORDS = "больше 20 МБ"


def _choose(portal: RunningPortal, page: Page, folder: Path, megabytes: int) -> None:
    portal.sign_in(page, "holder of 7 1205")
    page.goto(page.url.split("?")[0] + "/appeals/new?kind=fault")
    page.fill("[name=subject]", "Evening trouble")
    page.fill("[name=body]", "My long story")
    page.click("button[value=files]")
    video = folder / "video.png"
    video.write_bytes(b"\x89PNG" + b"x" * (megabytes * 1024 * 1024))
    page.set_input_files("[name=file]", video)


def test_the_script_tells_before_anything_is_sent(
    portal: RunningPortal, page: Page, tmp_path: Path
) -> None:
    _choose(portal, page, tmp_path, 22)
    told = page.locator(".field-error[role=alert]")
    expect(told).to_contain_text(WORDS)
    expect(told).to_be_visible()
    before = page.url

    page.click("form[enctype] button")

    expect(page.locator("[name=file]")).to_be_focused()
    assert page.url == before
    page.set_input_files("[name=file]", [])
    expect(told).to_be_hidden()


def test_without_the_script_the_server_tells_when_all_is_read(
    portal: RunningPortal, page: Page, tmp_path: Path
) -> None:
    page.route("**/js/fits.js", lambda route: route.abort())
    _choose(portal, page, tmp_path, 40)

    page.click("form[enctype] button", timeout=60_000)

    expect(page.locator(".toast").filter(has_text=WORDS)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("My long story")).to_be_visible()
