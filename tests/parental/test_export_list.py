"""The page of exports: what each file holds and what not, and the files themselves."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.parental.lists import Format
from portal.parental.models import Rule
from portal.parental.sites import Action
from tests.parental.factories import make_rule


@pytest.fixture
def lists(db, home, noon):
    make_rule(db, home, "casino.com", note="why")
    make_rule(db, home, "www.casino.com")
    make_rule(db, home, "xn--80aau21bd.kz", subdomains_only=True)
    make_rule(db, home, "good.kz", Action.ALLOW)
    make_rule(db, home, "soon.kz", Action.ALLOW, expires_at=noon + timedelta(hours=1))
    make_rule(db, home, "over.kz", expires_at=noon - timedelta(hours=1))
    make_rule(db, home, "gone.kz", removed_at=noon, removed_in=1)


@pytest.fixture
def at_home(browser, alice, home):
    browser.log_in(alice)
    return {"account_id": alice.account_id, "profile_id": home.id}


def download(browser, at_home, form, **more):
    return browser.get("parental.download_list", **at_home, name=form, **more)


def test_the_page_says_what_each_file_cannot_hold(browser, at_home, lists):
    page = browser.get("parental.export_list", **at_home)

    said = {
        item.cssselect("b")[0].text_content(): item.cssselect("small")[0].text_content()
        for item in page.all("main .thing")
    }
    assert said["Table (CSV)"] == said["JSON of this portal"] == "Holds everything."
    assert said["Hosts file: closed sites"] == (
        "2 sites that are always open are not in it. 1 rule for subdomains alone is not in it. "
        "1 note is not in it."
    )
    assert said["One site in a line: always open"] == (
        "3 closed sites are not in it. 1 rule that ends by itself is not in it."
    )
    assert "1 site is covered by a shorter rule and not written." in page.text


def test_an_empty_profile_has_nothing_to_take_out(browser, at_home):
    page = browser.get("parental.export_list", **at_home)

    assert "There is nothing to take out yet" in page.text
    assert page.all("a[href*='/export/']") == []
    at = browser.url("parental.download_list", **at_home, name="json")
    assert "nothing to take out" in browser.open(at).text


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("hosts", "0.0.0.0 casino.com\n"),
        ("plain", "casino.com\n*.xn--80aau21bd.kz\n"),
        ("adblock", "||casino.com^\n@@||good.kz^\n||*.xn--80aau21bd.kz^\n"),
    ],
)
def test_a_file_is_sent_to_be_kept(browser, at_home, lists, form, text):
    answer = download(browser, at_home, form)

    assert answer.response.get_data(as_text=True) == text
    assert answer.headers["Content-Disposition"] == f"attachment; filename=kabinet-{form}.txt"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_list_of_open_sites_is_a_file_of_its_own(browser, at_home, lists):
    answer = download(browser, at_home, "plain", list="allow")

    assert answer.response.get_data(as_text=True) == "good.kz\n"


def test_json_holds_names_as_people_read_them(browser, at_home, lists):
    rules = json.loads(download(browser, at_home, "json").response.get_data())["rules"]

    assert [rule["site"] for rule in rules] == ["casino.com", "good.kz", "soon.kz", "*.қазақ.kz"]
    assert rules[2]["expires"] == "2026-11-22T13:00:00+00:00"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_file_brings_the_lists_to_another_profile(browser, db, at_home, lists, form):
    content = download(browser, at_home, form).response.get_data()
    for rule in db.scalars(select(Rule).where(Rule.removed_at.is_(None))):
        rule.removed_at, rule.removed_in = rule.created_at, 1
    page = browser.get("parental.import_list", **at_home)

    page.submit(file=(io.BytesIO(content), "x")).submit()

    assert download(browser, at_home, form).response.get_data() == content


def test_every_format_has_a_file(browser, at_home, lists):
    assert [download(browser, at_home, form.value).status for form in Format] == [200] * 7
    at = browser.url("parental.download_list", **at_home, name="json").replace("json", "xml")
    assert browser.open(at).status == 404


def test_a_page_of_many_sites_takes_as_many_statements(db, home, at_home, count_statements):
    few = count_statements("parental.export_list", **at_home)
    for number in range(30):
        make_rule(db, home, f"s{number}.kz")

    assert count_statements("parental.export_list", **at_home) == few
