"""The words of an issue as an e-mail: where its links lead."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from lxml import html

from portal.news import queries
from portal.news.edition import Copy
from portal.news.letters import Press
from tests.news.factories import add_token, make_issue, make_newsletter
from tests.services.factories import make_offering

BASE = "http://localhost"
CONNECT = "/services/tv-optimal/connect"


@pytest.fixture
def issue(db, fiona):
    """An issue that was sent, with something to connect."""
    make_offering(db, "tv-optimal")
    newsletter = make_newsletter(db)
    return make_issue(db, newsletter, fiona.user, number=1, offering_code="tv-optimal")


@pytest.fixture
def press(app, db, issue, alice):
    """The press of the issue; alice's unsubscribe link is known."""
    db.commit()
    with app.app_context():
        press = Press(queries.published_issue(issue.id))
    add_token(db, make_newsletter(db), alice, press.token(alice.id))
    db.commit()
    return press


def letter_to(press, person, language):
    """Return the plain text and the HTML of a person's copy."""
    token = press.token(person.id)
    own = Copy(address=person.user.email, name=person.user.name, token=token, key="k")
    message = message_from_bytes(press.edition(language).copy(own), policy=default)
    return [part.get_content() for part in message.iter_parts()]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_link_of_a_letter_opens(press, browser, alice, language):
    text, page = letter_to(press, alice, language)
    links = [link.get("href") for link in html.fromstring(page).cssselect("a[href]")]
    browser.log_in(alice)

    answers = {link: browser.open(link.removeprefix(BASE)).status for link in links}

    assert answers == dict.fromkeys(links, 200)
    assert len(links) == 3
    assert set(re.findall(r"http://\S+", text)) == set(links)


def test_connect_leads_to_the_offering_and_remembers_the_issue(press, browser, issue, alice):
    _text, page = letter_to(press, alice, "en")
    (link,) = (
        each.get("href")
        for each in html.fromstring(page).cssselect("a[href]")
        if CONNECT in each.get("href")
    )
    browser.log_in(alice)

    offering = browser.open(link.removeprefix(BASE))

    assert offering.path.endswith("/services/catalogue/tv-optimal")
    assert offering.value("ref") == str(issue.id)
