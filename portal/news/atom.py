"""Write an Atom feed. Source: RFC 4287."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MIME_TYPE = "application/atom+xml"

# XML 1.0 knows no other control characters than tab and line breaks. Source: XML 1.0, section 2.2.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("", ATOM)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text in one language. `url` never changes, so it is the id too."""

    url: str
    language: str
    title: str
    summary: str
    html: str
    category: str
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A list of texts in one language. `url` is its own address and id; `page` is its web page."""

    url: str
    page: str
    title: str
    author: str
    language: str
    updated_at: datetime


def written(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return the feed as XML in UTF-8, entries in the order given.

    It is as new as its newest entry; an empty one as old as `feed.updated_at`.
    """
    root = Element(f"{{{ATOM}}}feed", {XML_LANG: feed.language})
    newest = max((entry.updated_at for entry in entries), default=feed.updated_at)
    _texts(root, (("id", feed.url), ("title", feed.title), ("updated", _moment(newest))))
    _link(root, feed.url, "self", MIME_TYPE)
    _link(root, feed.page, "alternate", "text/html")
    _texts(SubElement(root, f"{{{ATOM}}}author"), (("name", feed.author),))
    for entry in entries:
        _entry(SubElement(root, f"{{{ATOM}}}entry", {XML_LANG: entry.language}), entry)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(place: Element, entry: Entry) -> None:
    _texts(
        place,
        (
            ("id", entry.url),
            ("title", entry.title),
            ("published", _moment(entry.published_at)),
            ("updated", _moment(entry.updated_at)),
            ("summary", entry.summary),
        ),
    )
    _link(place, entry.url, "alternate", "text/html")
    SubElement(place, f"{{{ATOM}}}category", {"term": _writable(entry.category)})
    content = SubElement(place, f"{{{ATOM}}}content", {"type": "html"})
    content.text = _writable(entry.html)


def _texts(place: Element, texts: Iterable[tuple[str, str]]) -> None:
    for name, words in texts:
        SubElement(place, f"{{{ATOM}}}{name}").text = _writable(words)


def _link(place: Element, url: str, relation: str, kind: str) -> None:
    SubElement(place, f"{{{ATOM}}}link", {"rel": relation, "href": url, "type": kind})


def _writable(words: str) -> str:
    return _UNWRITABLE.sub("", words)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
