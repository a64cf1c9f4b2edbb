"""Checking a site: the resolvers' matcher answers on the page."""

from datetime import timedelta

import pytest

from portal.parental.sites import Action
from tests.parental.factories import make_rule


@pytest.fixture
def check(browser, db, alice, home):
    make_rule(db, home, "casino.com")
    make_rule(db, home, "good.casino.com", Action.ALLOW)
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    return lambda site: browser.get("parental.check_site", **ids, site=site)


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ("https://www.casino.com/x", ("www.casino.com is closed", "your rule for casino.com")),
        ("good.casino.com", ("good.casino.com opens", "sites that always open")),
        ("open.kz", ("open.kz opens", "No rule of yours")),
        ("www.egov.kz", ("www.egov.kz opens", "can’t be closed")),
    ],
)
def test_a_site_is_open_or_closed_by_a_rule(check, site, words):
    page = check(site)

    assert page.status == 200
    for each in words:
        assert each in page.text


def test_until_when_is_told(check, db, home, noon):
    make_rule(db, home, "brief.kz", expires_at=noon + timedelta(minutes=15))

    assert "Until 22 November, 17:15" in check("brief.kz").text


def test_a_pause_closes_everything(check, db, home, noon):
    home.paused_until = noon + timedelta(hours=1)
    db.commit()

    page = check("good.casino.com")

    assert "good.casino.com is closed" in page.text
    assert "The internet is paused." in page.text
    assert "22 November, 18:00" in page.text


@pytest.mark.parametrize(("site", "words"), [("", "Write a site"), ("com.kz", "ending of")])
def test_what_is_no_site_is_refused(check, site, words):
    page = check(site)

    assert page.status == 422
    assert words in page.text
