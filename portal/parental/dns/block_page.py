"""The page to which closed sites lead: what happened, and whom to ask, in three languages.

It answers every request alike, keeps nothing and writes no names down. Browsers show it for http
only: a closed https site is an error of theirs, so nobody listens there.
"""

import asyncio
import gettext
import logging
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from html import escape

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from portal.config import FALLBACK, LANGUAGES, ROOT
from portal.core.text import Marked, _l
from portal.parental.dns.listening import ListenError

log = logging.getLogger(__name__)

LONGEST_HEAD = 16_384  # bytes
LONGEST_WAIT = 5.0  # seconds for a whole request
MOST_AT_ONCE = 500
_LEFT = 65_536  # bytes of a body that are read, so that the answer arrives
_WANTED = re.compile(rb"^accept-language:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)

_TITLE = _l("This site is closed")
_WHY = _l("The parental control of this home or device closed it.")
_ASK = _l(
    "Do you need it? Ask the parents: in the portal they can open it for 15 minutes, for today or "
    "for good."
)
_PORTAL = _l("Open the portal")
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:36rem;margin:0 auto;padding:1.5rem 1rem;font:1.125rem/1.5 system-ui,sans-serif;"
    "background:light-dark(#f8f6f2,#171613);color:light-dark(#26221c,#f1eee8);overflow-wrap:anywhere}"
    "section{margin-bottom:1rem;padding:1.25rem;border:1px solid light-dark(#e3dfd7,#3a3731);"
    "border-radius:1rem;background:light-dark(#fff,#211f1b)}p{margin:.75rem 0 0}"
    ".brand{margin:0 0 .5rem;font-size:1rem;color:light-dark(#6b655b,#a9a39a)}"
    "h1,h2{margin:0;font-size:1.5rem;line-height:1.25}h2{font-size:1.25rem}"
    "a{display:inline-block;padding:.6rem 1rem;border-radius:.75rem;"
    "background:light-dark(#005db8,#8cc0ff);color:light-dark(#fff,#08203c);text-decoration:none}"
)


def pages(portal: str, operator: Mapping[str, str]) -> dict[str, bytes]:
    """Return the whole answer for each language: it comes first, the others below it.

    `operator` is whose parental control it is, by language.
    """
    return {first: _answer(_page(first, portal, operator)) for first in LANGUAGES}


def _page(first: str, portal: str, operator: Mapping[str, str]) -> str:
    ordered = [first, *(each for each in LANGUAGES if each != first)]
    parts = (
        _part(language, portal, operator[language], is_first=language == first)
        for language in ordered
    )
    return (
        f'<!doctype html>\n<html lang="{first}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(_said(_TITLE, first))} · {escape(operator[first])}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _part(language: str, portal: str, operator: str, *, is_first: bool) -> str:
    heading = "h1" if is_first else "h2"
    title, why, ask, link = (
        escape(_said(each, language)) for each in (_TITLE, _WHY, _ASK, _PORTAL)
    )
    return (
        f'<section lang="{language}">\n<p class="brand">{escape(operator)}</p>\n'
        f"<{heading}>{title}</{heading}>\n<p>{why}</p>\n<p>{ask}</p>\n"
        f'<p><a href="{escape(portal)}" rel="noreferrer">{link}</a></p>\n</section>\n'
    )


def _said(sentence: Marked, language: str) -> str:
    """Return it in a language, without the portal's pages around; English is as it is written."""
    folder = ROOT / "translations" / "parental"
    known = gettext.translation("messages", folder, languages=[language], fallback=True)
    return known.gettext(sentence.msgid)


def _answer(page: str) -> bytes:
    body = page.encode()
    head = (
        "HTTP/1.1 403 Forbidden\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Vary: Accept-Language\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


class BlockPage:
    """Answers each connection once."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self.answers = answers
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a request; who is slow, or one too many, gets nothing."""
        self.open += 1
        try:
            if self.open <= MOST_AT_ONCE:
                with suppress(TimeoutError, asyncio.IncompleteReadError, OSError):
                    async with asyncio.timeout(LONGEST_WAIT):
                        await self._answer(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return
        answer = self.answers[language_of(head)]
        is_head = head.startswith(b"HEAD ")
        writer.write(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if is_head else answer)
        await writer.drain()
        writer.write_eof()
        await reader.read(_LEFT)


def language_of(head: bytes) -> str:
    """Return the language that the head of a request wants most of those we have."""
    wanted = _WANTED.search(head)
    accepted = parse_accept_header(wanted[1].decode("latin-1") if wanted else "", LanguageAccept)
    return accepted.best_match(LANGUAGES) or FALLBACK


async def serve(
    listens: tuple[tuple[str, int], ...], portal: str, operator: Mapping[str, str]
) -> None:
    """Answer at these addresses until SIGTERM or SIGINT; the page leads to `portal`.

    `operator` is as `pages` has it. Raises ListenError if one is taken or not ours.
    """
    page, stop = BlockPage(pages(portal, operator)), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    servers = [await _started(page, host, port) for host, port in listens]
    log.info("dns.block_page at=%s", ",".join(f"{host}:{port}" for host, port in listens))
    await stop.wait()
    for server in servers:
        server.close()


async def _started(page: BlockPage, host: str, port: int) -> asyncio.Server:
    try:
        return await asyncio.start_server(page.serve, host, port, limit=LONGEST_HEAD)
    except OSError as error:
        raise ListenError(f"the block page can’t listen on {host}:{port}: {error}") from error
