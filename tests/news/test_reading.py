"""What readers see, and how they say no."""

import time
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from portal.news.leaving import leave_by
from portal.news.models import Consent, Reader
from tests.news.factories import TEXTS, add_token, make_issue, make_newsletter, make_reader

SECRET = "a-secret-that-came-by-e-mail"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def newsletter(db, cast):
    return make_newsletter(db)


@pytest.fixture
def issue(db, newsletter, fiona):
    return make_issue(db, newsletter, fiona.user, number=41)


def link_of(db, newsletter, person):
    """Give a person's e-mail its unsubscribe link."""
    add_token(db, newsletter, person, SECRET)
    return f"/u/{SECRET}"


def ledger(db):
    rows = db.scalars(select(Consent).order_by(Consent.created_at, Consent.id)).all()
    return [(row.purpose, row.is_given, row.source) for row in rows]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_anybody_reads_the_feed_and_an_issue_in_his_language(browser, db, issue, language):
    title, lead, _body = TEXTS[language]

    feed = browser.open(f"/news?lang={language}")
    page = browser.open(f"/news/{issue.id}?lang={language}")

    assert title in feed.text
    assert lead in feed.text
    assert page.h1 == title
    assert page.one(".news-text strong").text.startswith("500")


def test_a_draft_is_not_found_by_readers(browser, db, newsletter, fiona):
    draft = make_issue(db, newsletter, fiona.user)

    assert browser.get("news.show_issue", issue_id=draft.id).status == 404
    assert TEXTS["en"][0] not in browser.get("news.list_issues").text
    assert b"Together" not in browser.open("/news/feed.atom?lang=en").response.data


def test_every_language_has_an_address_of_its_own(browser, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user, number=1, languages=("ru", "en"))

    assert browser.open(f"/news/{issue.id}/ru").h1 == "Вместе 500"
    assert browser.open(f"/news/{issue.id}/kk").status == 404
    assert browser.open(f"/news/{issue.id}?lang=kk").h1 == "Вместе 500"


def test_a_topic_shows_its_own_issues_and_an_unknown_one_nothing(browser, db, issue, fiona):
    other = make_newsletter(db, "tips", names=dict.fromkeys(("kk", "ru", "en"), "Tips"))
    make_issue(db, other, fiona.user, number=1)

    page = browser.get("news.list_issues", topic="new-services")

    assert len(page.all("article")) == 1
    assert browser.get("news.list_issues", topic="nothing").status == 404


def test_the_feed_for_feed_readers_is_atom_and_is_not_sent_twice(browser, db, issue):
    answer = browser.open("/news/feed.atom?topic=new-services&lang=kk")
    feed = ElementTree.fromstring(answer.response.data)  # noqa: S314 - our own
    again = browser.open(
        "/news/feed.atom?topic=new-services&lang=kk",
        headers={"If-None-Match": answer.headers["ETag"]},
    )

    entry = feed.find("a:entry", ATOM)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert feed.findtext("a:id", namespaces=ATOM) == (
        "http://localhost/news/feed.atom?topic=new-services&lang=kk"
    )
    assert entry.findtext("a:title", namespaces=ATOM) == TEXTS["kk"][0]
    assert entry.findtext("a:id", namespaces=ATOM) == f"http://localhost/news/{issue.id}/kk"
    assert again.status == 304
    assert "Set-Cookie" not in answer.headers


def test_a_reader_chooses_and_the_ledger_remembers(browser, db, newsletter, alice):
    other = make_newsletter(db, "tips")
    make_reader(db, other, alice.user)
    browser.log_in(alice)

    page = browser.get("news.change_preferences").submit(newsletters=[str(newsletter.id)])

    assert "Saved" in page.text
    assert db.scalars(select(Reader.newsletter_id)).all() == [newsletter.id]
    assert set(ledger(db)) == {
        ("newsletter:new-services", True, "preferences"),
        ("newsletter:tips", False, "preferences"),
    }


def test_saving_what_is_already_so_writes_nothing_down(browser, db, newsletter, alice):
    make_reader(db, newsletter, alice.user)
    browser.log_in(alice)

    browser.get("news.change_preferences").submit(newsletters=[str(newsletter.id)])

    assert ledger(db) == []


@pytest.mark.parametrize("odd", ["nonsense", "\0", "00000000-0000-0000-0000-000000000000"])
def test_a_newsletter_that_is_not_offered_is_refused(browser, db, newsletter, alice, odd):
    browser.log_in(alice)

    page = browser.get("news.change_preferences").submit(newsletters=[odd])

    assert page.status == 422
    assert ledger(db) == []


def test_looking_at_the_link_of_an_email_changes_nothing(browser, db, newsletter, bob):
    make_reader(db, newsletter, bob.user)

    page = browser.open(link_of(db, newsletter, bob))

    assert page.h1 == "Unsubscribe from “New services”"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert db.scalars(select(Reader.user_id)).all() == [bob.id]


@pytest.mark.parametrize(
    ("data", "source"), [({"List-Unsubscribe": "One-Click"}, "one-click"), ({}, "page")]
)
def test_one_press_ends_it_without_cookie_and_twice_is_the_same(
    app, browser, db, newsletter, bob, data, source
):
    make_reader(db, newsletter, bob.user)
    link = link_of(db, newsletter, bob)

    first = browser.send("POST", link, data=data)
    browser.log_out()
    second = browser.send("POST", link, data=data, headers={"Sec-Fetch-Site": "cross-site"})

    assert (first.status, second.status) == (200, 200)
    assert "Location" not in first.headers
    assert "You are unsubscribed" in second.text
    assert db.scalars(select(Reader)).all() == []
    assert ledger(db) == [("newsletter:new-services", False, source)]


def test_the_link_ends_one_newsletter_of_one_reader_even_for_somebody_else(
    browser, db, newsletter, alice, bob
):
    other = make_newsletter(db, "tips")
    for topic in (newsletter, other):
        for person in (alice, bob):
            make_reader(db, topic, person.user)
    browser.log_in(alice)

    browser.open(link_of(db, newsletter, bob)).submit(form="main form")

    left = db.execute(select(Reader.user_id, Reader.newsletter_id)).all()
    assert set(left) == {
        (alice.id, newsletter.id),
        (alice.id, other.id),
        (bob.id, other.id),
    }


def test_a_link_that_nobody_was_sent_is_not_found(browser, db, newsletter, bob):
    make_reader(db, newsletter, bob.user)

    assert browser.open("/u/guessed").status == 404
    assert browser.send("POST", "/u/guessed", data={"List-Unsubscribe": "One-Click"}).status == 404
    assert browser.send("POST", "/u/%00", data={}).status == 404
    assert len(db.scalars(select(Reader)).all()) == 1


def test_the_feed_goes_on_page_by_page(browser, db, newsletter, fiona):
    for number in range(1, 13):
        make_issue(db, newsletter, fiona.user, number=number)

    second = browser.open("/news?lang=en").follow("Show more")

    assert len(second.all("article")) == 2


@pytest.mark.parametrize(
    ("subject", "said"),
    [("{token}", "ended"), ("Re: {token} please", "ended"), ("stop", "no newsletter named"),
     ("x" * 43, "no newsletter named"), ("", "no newsletter named")],
)  # fmt: skip
def test_an_email_to_the_unsubscribe_address_ends_it_too(app, db, newsletter, bob, subject, said):
    make_reader(db, newsletter, bob.user)
    token = "T" * 43
    add_token(db, newsletter, bob, token)
    db.commit()
    letter = f"From: bob@example.kz\r\nSubject: {subject.format(token=token)}\r\n\r\n\r\n"

    done = app.test_cli_runner().invoke(args=["news", "unsubscribe"], input=letter.encode())

    assert (done.exit_code, done.output) == (0, f"{said}\n")
    assert len(db.scalars(select(Reader)).all()) == (0 if said == "ended" else 1)
    assert ledger(db) == ([("newsletter:new-services", False, "email")] if said == "ended" else [])


@pytest.mark.parametrize("repeated", ["=?utf-8?q?a?= ", "(a", "a "])
def test_a_long_subject_holds_nobody_up(repeated):
    began = time.process_time()

    assert leave_by(f"Subject: {repeated * 80_000}\r\n\r\n".encode()) == "no newsletter named"
    assert time.process_time() - began < 3


def test_a_page_takes_as_many_statements_for_many_issues_as_for_one(
    count_statements, db, newsletter, fiona
):
    make_issue(db, newsletter, fiona.user, number=1)
    one = count_statements("news.list_issues")
    for number in range(2, 60):
        make_issue(db, newsletter, fiona.user, number=number)

    assert count_statements("news.list_issues") == one <= 6
