"""The feed is Atom that a reader accepts."""

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

from portal.news.atom import Entry, Feed, written

NS = {"a": "http://www.w3.org/2005/Atom"}
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=5)))
FEED = Feed(
    url="https://kabinet.kz/news/feed.atom?topic=new-services&lang=kk",
    page="https://kabinet.kz/news",
    title="Жаңа қызметтер",
    author="Қазақтелеком",
    language="kk",
    updated_at=NOON,
)
ENTRY = Entry(
    url="https://kabinet.kz/news/1/kk",
    language="kk",
    title="«Бірге 500» <b>&\0\x0b",
    summary="Қысқаша",
    html='<p>Мәтін <a href="https://a.kz/?x=1&amp;y=2">сілтеме</a></p>',
    category="new-services",
    published_at=NOON - timedelta(hours=1),
    updated_at=NOON + timedelta(hours=1),
)


def test_a_feed_says_all_that_the_standard_asks():
    feed = ElementTree.fromstring(written(FEED, [ENTRY]))  # noqa: S314 - our own

    assert feed.findtext("a:id", namespaces=NS) == FEED.url
    assert feed.findtext("a:title", namespaces=NS) == FEED.title
    assert feed.findtext("a:updated", namespaces=NS) == "2026-11-22T08:00:00Z"
    assert feed.findtext("a:author/a:name", namespaces=NS) == FEED.author
    assert {link.get("rel") for link in feed.findall("a:link", NS)} == {"self", "alternate"}


def test_an_entry_keeps_its_words_and_loses_what_xml_cannot_hold():
    feed = ElementTree.fromstring(written(FEED, [ENTRY]))  # noqa: S314 - our own
    entry = feed.find("a:entry", NS)

    assert entry.findtext("a:id", namespaces=NS) == ENTRY.url
    assert entry.findtext("a:title", namespaces=NS) == "«Бірге 500» <b>&"
    assert entry.findtext("a:content", namespaces=NS) == ENTRY.html
    assert entry.find("a:content", NS).get("type") == "html"
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "kk"
    assert entry.findtext("a:published", namespaces=NS) == "2026-11-22T06:00:00Z"


def test_an_empty_feed_is_a_feed():
    feed = ElementTree.fromstring(written(FEED, []))  # noqa: S314 - our own

    assert feed.findall("a:entry", NS) == []
    assert feed.findtext("a:updated", namespaces=NS) == NOON.astimezone(UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
