"""Journeys: every process of the portal runs, and a real Chromium walks through it.

`portal` has the demo data on a database of its own; `page` is a tab of Chromium on a desktop.
"""

import email
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import dns.exception
import dns.message
import dns.query
import dns.rdatatype
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import make_url

from deploy import tools
from portal.core import clock
from tests import databases
from tests.live import Live, free_port, wait_until

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTS_WITHIN = 120.0  # seconds; a busy machine starts seven processes slowly
DESKTOP = {"width": 1280, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class DemoPerson:
    """Somebody of the demo: what he signs in with."""

    name: str
    email: str
    password: str
    role: str


@dataclass
class Story:
    """The demo, loaded once: a database to be copied, its files, and its people."""

    database: str
    files: Path
    people: list[DemoPerson]


class RunningPortal:
    """All processes of the portal on free ports; those of DNS start with the first question."""

    def __init__(self, live: Live, people: list[DemoPerson]) -> None:
        self.live = live
        self.people = people
        self.answers_dns = False
        self.dns_port, mail_port, web_port = free_port(), free_port(), free_port()
        live.settings |= {
            "BASE_URL": f"http://localhost:{web_port}",
            "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "DNS_LISTEN": f"127.0.0.1:{self.dns_port}",
            "DNS_UPSTREAM": f"127.0.0.1:{free_port()}",
        }
        live.start("portal.laptop.mail_sink", role="kabinet_app")
        live.start_worker()
        self.address = live.start_web(port=web_port)
        wait_until(lambda: _is_ready(f"http://127.0.0.1:{web_port}/readyz"), STARTS_WITHIN)

    def start_dns(self) -> None:
        """Start what answers DNS, if it does not run yet."""
        if not self.answers_dns:
            self.answers_dns = True
            for part in ("upstream", "node", "serve"):
                self.live.start("flask", "dns", part, role="kabinet_dns")
            wait_until(self._dns_answers, STARTS_WITHIN)

    def person(self, words: str) -> DemoPerson:
        """Return the one of the demo whose name or role holds `words`."""
        (found,) = (one for one in self.people if words in f"{one.name} {one.role}")
        return found

    def sign_in(self, page: Page, words: str) -> None:
        """Let the person of the demo whose name or role holds `words` sign in."""
        page.goto(f"{self.address}/sign-in")
        self.fill_sign_in(page, words)

    def fill_sign_in(self, page: Page, words: str) -> None:
        """Sign in on the page that asks for it."""
        person = self.person(words)
        page.fill("[name=login]", person.email)
        page.fill("[name=password]", person.password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)

    def ask_dns(self, name: str, kind: str = "A") -> dns.message.Message:
        """Send a DNS query over UDP and return the answer."""
        self.start_dns()
        query = dns.message.make_query(name, dns.rdatatype.from_text(kind))
        return dns.query.udp(query, "127.0.0.1", port=self.dns_port, timeout=5)

    def _dns_answers(self) -> bool:
        try:
            return bool(self.ask_dns("example.kz").answer)  # The upstream is there as well.
        except (OSError, dns.exception.Timeout):
            return False

    def mail_to(self, address: str) -> list[EmailMessage]:
        """Return what the mail sink holds for `address`, oldest first."""
        folder = Path(self.live.settings["MAIL_DIR"])
        files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        letters = (
            email.message_from_bytes(file.read_bytes(), policy=policy.SMTP) for file in files
        )
        return [letter for letter in letters if letter["Delivered-To"] == address]

    def wait_for_mail(self, address: str, words: str) -> EmailMessage:
        """Wait for a letter to `address` whose subject holds `words`; return the newest."""
        found = wait_until(
            lambda: [one for one in self.mail_to(address) if words in str(one["Subject"])]
        )
        letter: EmailMessage = found[-1]
        return letter


def _is_ready(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except URLError:
        return False


@pytest.fixture(scope="session")
def story(
    admin_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    with databases.copy_of(admin_url, template_database) as urls:
        live = Live(urls, tmp_path_factory.mktemp("story"))
        _run(live, "demo", "load")
        people = [DemoPerson(*line.split("\t")) for line in _run(live, "demo", "people")]
        live.end()  # A database that is copied has no guests.
        database = str(make_url(urls["admin"]).database)
        yield Story(database, Path(live.settings["FILES_DIR"]), people)


def _run(live: Live, *command: str) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGOPTIONS", "-c search_path=public,jobs")
        clock.freeze(None)
        done = live.app("kabinet_owner").test_cli_runner().invoke(args=command)
    assert done.exit_code == 0, done.output
    return str(done.output).splitlines()


@pytest.fixture
def live(admin_url: str, story: Story, tmp_path: Path, noon: datetime) -> Iterator[Live]:
    """The demo on a database of its own, with real commits and processes."""
    clock.freeze(None)
    with databases.copy_of(admin_url, story.database) as urls:
        running = Live(urls, tmp_path)
        if story.files.exists():
            shutil.copytree(story.files, running.settings["FILES_DIR"])
        yield running
        running.end()


@pytest.fixture
def portal(live: Live, story: Story) -> RunningPortal:
    return RunningPortal(live, story.people)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium; for one module only, because Playwright's loop must not meet other tests'."""
    path = tools.installed_chromium()
    if not path:
        pytest.skip("no Chromium: apt install chromium, or name one in KABINET_CHROMIUM")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A tab without history; an error in the page's scripts fails the test."""
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.unroute_all(behavior="ignoreErrors")  # A request in flight would keep it from closing.
    context.close()
    assert not errors


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Return a function that says what axe-core finds wrong on a page."""
    if not tools.AXE.exists():
        pytest.skip("no axe-core: `make test` fetches it where npm is installed")
    script = tools.AXE.read_text()

    def faults(page: Page) -> list[str]:
        page.evaluate(script)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
        )
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return faults


@pytest.fixture
def desk(chromium: Browser, portal: RunningPortal) -> Iterator[Page]:
    """A specialist’s tab, in a browser of his own."""
    context = chromium.new_context(viewport=DESKTOP, locale="ru-RU")
    page = context.new_page()
    portal.sign_in(page, "specialist")
    yield page
    context.close()
