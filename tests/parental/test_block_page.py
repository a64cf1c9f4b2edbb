"""The page to which closed sites lead: for any name, in the browser’s language, and bounded."""

import os
import re
import socket
from html import escape
from http.client import HTTPConnection

import pytest
from flask import Flask

from portal.config import Settings
from portal.parental.cli import cli
from portal.parental.dns.block_page import LONGEST_HEAD, language_of, pages
from tests.live import free_port, wait_until
from tests.parental.resolvers import is_listening

OPERATOR = {"kk": "«Алыс & Жақын»", "ru": "Дальсвязь", "en": "Far & Near"}
TITLES = {"kk": "Бұл сайт жабық", "ru": "Этот сайт закрыт", "en": "This site is closed"}


@pytest.mark.parametrize("language", TITLES)
def test_every_language_is_on_the_page_and_one_comes_first(language):
    answers = pages("https://kabinet.example/?a=1&b", OPERATOR)
    head, _, body = answers[language].decode().partition("\r\n\r\n")

    assert f"Content-Length: {len(body.encode())}" in head
    assert f'<html lang="{language}">' in body
    assert re.findall(r"<h1>(.*)</h1>", body) == [TITLES[language]]
    assert set(re.findall(r"<h2>(.*)</h2>", body)) == set(TITLES.values()) - {TITLES[language]}
    assert f"<title>{TITLES[language]} · {escape(OPERATOR[language])}</title>" in body
    for each, name in OPERATOR.items():
        assert f'<section lang="{each}">\n<p class="brand">{escape(name)}</p>' in body
    assert body.count('<a href="https://kabinet.example/?a=1&amp;b" rel="noreferrer">') == 3


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ru"),
        ("Accept-Language: kk-KZ,kk;q=0.9,ru;q=0.8", "kk"),
        ("ACCEPT-LANGUAGE:en;q=0.1, ru;q=0.2", "ru"),
        ("Accept-Language: de", "ru"),
        ("Accept-Language: en;q=nan, \xff;;=,", "ru"),
        ("X: Accept-Language: kk", "ru"),
    ],
)
def test_the_browsers_language_comes_first(header, language):
    head = f"GET / HTTP/1.1\r\nHost: a.kz\r\n{header}\r\n\r\n".encode("latin-1")

    assert language_of(head) == language


@pytest.fixture
def port(live):
    """Give the port of a page of our own."""
    port = free_port()
    process = live.start(
        "flask", "--app", "portal.parental.dns.app", "dns", "block-page",
        role="kabinet_dns", BLOCK_PAGE_LISTEN=f"127.0.0.1:{port}", BASE_URL="http://home.example",
    )  # fmt: skip
    wait_until(lambda: is_listening(port) or process.poll() is not None)
    return port


def ask(port, method="GET", body=None, **headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, "/any?path=1", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def send(port, data):
    """Send bytes that may be no request; return what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(data)
        try:
            return client.makefile("rb").read()
        except ConnectionError:
            return b""


def test_any_name_gets_the_page_and_nothing_is_kept(live, port):
    answer, text = ask(port, Host="www.casino.com", **{"Accept-Language": "kk"})

    assert (answer.status, answer.headers["Cache-Control"]) == (403, "no-store")
    assert f"<h1>{TITLES['kk']}</h1>" in text
    assert 'href="http://home.example"' in text
    assert answer.headers["Set-Cookie"] is None
    posted, text = ask(port, "POST", "x" * 20_000, Host="[::1]:80")
    assert (posted.status, f"<h1>{TITLES['ru']}</h1>" in text) == (403, True)
    asked, text = ask(port, "HEAD")
    assert (asked.status, text) == (403, "")
    assert send(port, os.urandom(LONGEST_HEAD * 3).replace(b"\r", b"")) == b""
    assert ask(port)[0].status == 403
    assert "casino" not in live.logs()


PRODUCTION = {
    "DATABASE_URL": "postgresql://nobody@localhost/none",
    "SECRET_KEY": "k" * 40,
    "BASE_URL": "https://kabinet.example",
    "DNS_UPSTREAM": "192.0.2.1:53",
}
PAGE = {"BLOCK_PAGE_IPV4": "198.18.0.53", "BLOCK_PAGE_IPV6": "100::1"}


@pytest.mark.parametrize(
    ("settings", "is_refused"),
    [
        ({}, True),
        (PAGE, False),
        (PAGE | {"BLOCK_PAGE_IPV6": "2001:db8::53"}, True),
        ({"DEBUG": "1"}, False),
    ],
)
def test_a_resolver_that_would_lead_to_nobody_is_refused(tmp_path, settings, is_refused):
    app = Flask(__name__)
    data = {"DNS_DATA_DIR": str(tmp_path / "data")}
    app.config["SETTINGS"] = Settings.from_environment(PRODUCTION | data | settings)
    app.cli.add_command(cli)

    out = str(tmp_path / "out")
    done = app.test_cli_runner().invoke(args=["dns", "dnsdist-config", "--out", out])

    assert ("is an address for documentation" in done.output) == is_refused
    assert done.exit_code == is_refused
    assert (tmp_path / "out" / "dnsdist.conf").exists() != is_refused
