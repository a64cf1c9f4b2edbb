"""Take pictures of every page that the people of the demo reach by links.

`python -m tests.pictures` while `make run` runs in another window; pictures go to var/pictures/.
Words after it name pages: `python -m tests.pictures /staff` takes those whose path holds them.
KABINET_ADDRESS is where the portal runs, if not http://localhost:8000.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from deploy import tools

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "var" / "pictures"
ADDRESS = os.environ.get("KABINET_ADDRESS", "http://localhost:8000")
MOST_PAGES = 80
SIZES = {"phone": {"width": 320, "height": 640}, "desktop": {"width": 1280, "height": 800}}
LOOKS = [
    ("desktop", "ru", "light"),
    ("phone", "kk", "light"),
    ("desktop", "en", "dark"),
    ("phone", "ru", "dark"),
]
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{2}-[0-9A-Z-]{4,}")
_NO_PAGES = re.compile(
    r"/(static|dev|metrics|healthz|readyz|u|files)/|\.(atom|xml|txt|csv|ics|pdf)$"
)


@dataclass(frozen=True)
class Person:
    """Somebody of the demo, or nobody: an empty e-mail."""

    name: str
    email: str = ""
    password: str = ""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def people() -> list[Person]:
    """Return the demo's people, and a stranger first."""
    told = subprocess.run(
        [sys.executable, "-m", "flask", "demo", "people"],
        cwd=ROOT,
        env={"DATABASE_URL": "postgresql://nobody/none", "FLASK_APP": "wsgi", "DEBUG": "1"}
        | os.environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rows = [line.split("\t") for line in told.splitlines() if not line.startswith("(")]
    return [Person("Stranger"), *(Person(row[0], row[1], row[2]) for row in rows)]


def key(path: str) -> str:
    """Return what pages of one kind share: the path without its ids."""
    return _KEY.sub("_", path).strip("/").replace("/", ".") or "start"


def sign_in(page: Page, person: Person) -> None:
    if not person.email:
        return
    page.goto(f"{ADDRESS}/sign-in")
    page.fill("main [name=email], main [name=login]", person.email)
    page.fill("main [name=password]", person.password)
    page.click("main form [type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def walk(page: Page) -> Iterator[str]:
    """Yield one path of each kind of page that links lead to from where `page` stands."""
    waiting = [urlsplit(page.url).path, "/"] if page.url.startswith(ADDRESS) else ["/"]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if key(path) in seen or _NO_PAGES.search(path):
            continue
        seen.add(key(path))
        answer = page.goto(ADDRESS + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield path
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        here = (urljoin(ADDRESS, link) for link in links)
        waiting += [urlsplit(link).path for link in here if link.startswith(ADDRESS)]


def _repeat_fault(message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        say(f"  {message.type}: {message.text}")


def take(browser: Browser, person: Person, words: list[str]) -> None:
    """Take every look of every page that `person` reaches."""
    context = browser.new_context(viewport=SIZES["desktop"], reduced_motion="reduce")
    page = context.new_page()
    page.on("console", _repeat_fault)
    page.goto(f"{ADDRESS}/")
    sign_in(page, person)
    folder = PICTURES / person.name.split()[0].lower()
    folder.mkdir(parents=True, exist_ok=True)
    for path in list(walk(page)):
        if words and not any(word in path for word in words):
            continue
        for size, language, scheme in LOOKS:
            page.set_viewport_size(SIZES[size])
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(f"{ADDRESS}{path}?lang={language}")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > SIZES[size]["width"]:
                say(f"  {path} is {wide} px wide on the {size} in {language}")
            name = f"{key(path)}-{size}-{language}-{scheme}.png"
            page.screenshot(path=folder / name, full_page=True)
        say(f"{person.name}: {path}")
    context.close()


def main(words: list[str]) -> None:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=tools.chromium(),
            args=[*sandbox, "--disable-gpu", "--disable-background-networking"],
        )
        for person in people():
            take(browser, person, words)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
