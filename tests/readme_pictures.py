"""Renew the pictures of the README: `python -m tests.readme_pictures` while `make run` runs.

A fresh demo at a working hour makes the best ones: `make reset`, then
`KABINET_NOW=2026-11-22T09:40:00+00:00 make run`. KABINET_ADDRESS is where the portal runs.
"""

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from deploy import tools
from tests.pictures import ADDRESS, people, say, sign_in

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WHOLE = {"width": 1280, "height": 1040}
HALF = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 980}


def enter(browser: Browser, role: str, size: dict[str, int], *, dark: bool = False) -> Page:
    """Sign in whose e-mail begins with `role`, in a browser of his own."""
    context = browser.new_context(
        viewport=size,
        locale="ru-RU",
        color_scheme="dark" if dark else "light",
        device_scale_factor=2 if size is PHONE else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, next(each for each in people() if each.email.startswith(role)))
    return page


def keep(page: Page, name: str) -> None:
    page.wait_for_timeout(700)
    page.screenshot(path=FOLDER / f"{name}.png")
    say(f"{name}: {page.title()}")


def save_a_site(page: Page, address: str) -> None:
    """Close a site: what the demo itself saved came before the resolver ran, so it was late."""
    page.goto(address)
    form = page.locator("form[action$='/sites/add']").first
    form.locator("[name=site]").fill("casino.com")
    form.locator("[type=submit]").last.click()
    page.wait_for_load_state()
    page.goto(address)


def of_a_customer(browser: Browser) -> None:
    page = enter(browser, "aigerim", {"width": 1280, "height": 1180})
    found = re.match(r".*/a/[0-9a-f-]{36}", page.url)
    if found is None:
        raise SystemExit("The demo’s customer came to no contract.")
    home = found[0]
    keep(page, "home")
    page.set_viewport_size(HALF)
    save_a_site(page, f"{home}/parental-control")
    keep(page, "parental-control")
    page.goto(f"{home}/money")
    keep(page, "money")
    page.goto(f"{home}/services/catalogue/vmeste-500")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/quotes/**")
    keep(page, "quote")
    page.set_viewport_size(WHOLE)
    page.goto(f"{home}/appeals")
    page.locator("main .thing a, main a.ticket, main .things a").first.click()
    keep(page, "appeal")
    keep(enter(browser, "aigerim", PHONE, dark=True), "home-phone")


def of_a_specialist(browser: Browser) -> None:
    page = enter(browser, "daniyar", {"width": 1280, "height": 920})
    page.goto(f"{ADDRESS}/staff/queue")
    page.locator(".ticket").first.click()
    keep(page, "desk")


def main() -> None:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=tools.chromium(), args=[*sandbox, "--disable-gpu"]
        )
        of_a_customer(browser)
        of_a_specialist(browser)
        browser.close()


if __name__ == "__main__":
    main()
