"""Pages that renew themselves: what js/poll.js needs of the templates, and what it shows."""

import re

import pytest

from portal.config import ROOT
from tests.news.factories import make_issue, make_newsletter

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TAG = re.compile(r"<\w+(?:\{\{.*?\}\}|\{%.*?%\}|[^<>{])*>", re.DOTALL)


def polling_tags():
    return [
        tag for path in TEMPLATES for tag in TAG.findall(path.read_text()) if "hx-trigger" in tag
    ]


def test_whatever_asks_by_itself_does_it_by_the_module():
    sources = "\n".join(path.read_text() for path in TEMPLATES)
    asking = [tag for tag in polling_tags() if 'hx-trigger="poll"' in tag]

    assert len(asking) == sources.count('hx-trigger="poll"') >= 9
    assert [tag for tag in asking if 'data-module="poll"' not in tag] == []
    assert sources.count('data-module="poll"') == len(asking)
    assert re.findall(r'hx-trigger="[^"]*(?:every|load)[^"]*"', sources) == []


def test_only_the_module_says_that_nobody_pressed():
    """A header of a template is inherited by the forms inside: a press would be no visit."""
    assert [path.name for path in TEMPLATES if "X-Poll" in path.read_text()] == []
    assert '"X-Poll"' in (ROOT / "static/js/poll.js").read_text()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("kk", "Сеансыңыз жабылды: бұл бет енді өздігінен жаңармайды."),
        ("ru", "Сеанс закрыт: эта страница больше не обновляется сама."),
        ("en", "You were signed out: this page no longer renews itself."),
    ],
)
def test_a_page_carries_the_words_for_its_own_end(browser, dora, language, sentence):
    dora.user.language = language
    browser.log_in(dora)

    page = browser.open("/staff/queue?sort=oldest")

    (words,) = (template.text_content() for template in page.all("template#signed-out"))
    assert sentence in words
    assert page.one("#signed-out [role=status]") is not None
    assert page.one("#signed-out a").get("href") == "/sign-in?next=/staff/queue%3Fsort%3Doldest"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("kk", "Бұл бет енді өздігінен жаңармайды."),
        ("ru", "Эта страница больше не обновляется сама."),
        ("en", "This page no longer renews itself."),
    ],
)
def test_a_page_carries_the_words_for_what_is_not_shown_any_more(browser, language, sentence):
    page = browser.open(f"/appeals/track?lang={language}")

    (words,) = (template.text_content() for template in page.all("template#not-shown"))
    assert sentence in words
    assert page.one("#not-shown [role=status] [data-reload]") is not None


def test_the_module_knows_the_answers_that_end_a_page():
    """Each status that it names has its notice in the layout."""
    ends = dict(re.findall(r'(\d{3}): "([a-z-]+)"', (ROOT / "static/js/poll.js").read_text()))
    notices = re.findall(
        r'<template id="([a-z-]+)">', (ROOT / "templates/layouts/_toasts.html").read_text()
    )

    assert {"401", "403", "404"} <= set(ends)
    assert set(ends.values()) == set(notices)


def test_a_stranger_cannot_be_signed_out(browser):
    assert browser.get("accounts.sign_in").all("#signed-out") == []


@pytest.mark.parametrize(("state", "asks"), [("sending", True), ("paused", False), ("sent", False)])
def test_only_an_issue_that_is_being_sent_is_watched(browser, db, fiona, state, asks):
    issue = make_issue(db, make_newsletter(db), fiona.user, number=1, state=state)
    browser.log_in(fiona)

    progress = browser.get("news.show_draft", issue_id=issue.id).one("#progress")

    assert progress.get("data-module") == "poll"
    assert (progress.get("data-poll") != "done") is asks
