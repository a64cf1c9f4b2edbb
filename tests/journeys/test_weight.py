"""What the first visit of a page costs a customer on a slow line."""

from playwright.sync_api import Page

from tests.journeys.conftest import RunningPortal

MOST_BYTES = 200_000  # Source: ui.md, "A page weighs"


def _first_visit(page: Page, address: str) -> tuple[int, list[str]]:
    """Return the transferred bytes, and every address outside the portal."""
    cdp = page.context.new_cdp_session(page)
    sizes: list[int] = []
    asked: list[str] = []
    cdp.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    cdp.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address, wait_until="networkidle")
    origin = address.split("/", 3)[:3]
    foreign = [url for url in asked if url.split("/", 3)[:3] != origin]
    return sum(sizes), foreign


def test_pages_are_light_and_ask_nobody_else(portal: RunningPortal, page: Page) -> None:
    weights = {"start": _first_visit(page, f"{portal.address}/")}
    portal.sign_in(page, "holder of 7 1203 4456")
    weights["home"] = _first_visit(page, page.url)

    assert [foreign for _bytes, foreign in weights.values()] == [[], []]
    assert all(0 < size <= MOST_BYTES for size, _foreign in weights.values()), weights
