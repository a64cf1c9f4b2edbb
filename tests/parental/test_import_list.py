"""Taking over a list: a preview first, then all of it or nothing."""

import gzip
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.parental.models import ListImport, Rule, policy_log
from portal.parental.sites import Action
from tests.parental.factories import make_profile, make_rule
from tests.parental.preview import facts

LIST = """# my list
casino.com
www.casino.com
poker.com
com.kz
0.0.0.0 good.kz
1.2.3.4
poker.com
"""


def standing(db):
    query = select(Rule.site).where(Rule.removed_at.is_(None)).order_by(Rule.site)
    return db.scalars(query).all()


def test_a_preview_tells_every_fate_and_changes_nothing(import_form, db, home):
    make_rule(db, home, "poker.com")
    make_rule(db, home, "good.kz", Action.ALLOW)

    page = import_form.submit(text=LIST, action="block")

    assert facts(page) == [1, 1, 2, 1, 2]  # new, conflict, known, covered, refused
    refused = [item.text_content() for item in page.all("main .thing-text")]
    assert ["com.kz" in refused[0], "1.2.3.4" in refused[1]] == [True, True]
    assert "Line 5: com.kz is the ending of thousands" in refused[0]
    assert "Line 7: 1.2.3.4 is the address of a computer" in refused[1]
    assert standing(db) == ["good.kz", "poker.com"]
    assert db.scalar(select(func.count()).select_from(policy_log)) == 0


def test_a_list_is_taken_over_whole(import_form, db, home, newest_policy):
    after = import_form.submit(text=LIST).submit()

    assert "3 sites are taken over." in after.text
    assert standing(db) == ["casino.com", "good.kz", "poker.com"]
    assert {rule.name for rule in newest_policy(home).rules} == set(standing(db))
    assert db.scalars(select(AuditEvent.details["count"].as_integer())).all() == [3]


def test_a_file_wins_over_the_text(import_form, db):
    file = (io.BytesIO(b"from-the-file.kz\n"), "list.txt")

    page = import_form.submit(file=file, text="from-the-text.kz", action="allow")

    assert "list.txt" in page.text
    page.submit()
    assert [(rule.site, rule.action) for rule in db.scalars(select(Rule))] == [
        ("from-the-file.kz", "allow")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"casino.com", mtime=0), "packed file"),
        (b"\x89PNG\x00\x01", "not a text"),
        (b"# only a comment\n", "no site in this list"),
        (b"\n" * 400_000, "more than 300000 lines"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_the_text_stays(import_form, db, content, words):
    page = import_form.submit(file=(io.BytesIO(content), "x"), text="typed.kz", action="allow")

    assert page.status == 422
    assert words in page.text
    assert page.value("text").strip() == "typed.kz"
    assert [box.get("value") for box in page.all("input:checked")] == ["allow"]
    assert db.scalar(select(func.count()).select_from(ListImport)) == 0


@pytest.mark.parametrize(
    ("language", "words"), [("kk", "тым үлкен"), ("ru", "слишком много"), ("en", "too large")]
)
def test_a_file_beyond_the_limit_is_not_even_received(import_form, browser, language, words):
    page = browser.send(
        "POST",
        f"{import_form.path}?lang={language}",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(9 * 1024**2)},
    )

    assert page.status == 413
    assert words in page.text


def test_nothing_at_all_is_refused(import_form):
    page = import_form.submit()

    assert page.status == 422
    assert "Choose a file or paste a list." in page.text


def test_a_list_above_the_limit_is_refused_with_the_count(import_form, db, home, app, monkeypatch):
    small = replace(app.config["SETTINGS"], parental_most_rules=3)
    monkeypatch.setitem(app.config, "SETTINGS", small)
    make_rule(db, home, "mine.kz")

    page = import_form.submit(text="a.kz\nb.kz\nc.kz\nx.a.kz\nx.b.kz")

    assert page.status == 422
    assert "would hold 4 sites" in page.text
    assert standing(db) == ["mine.kz"]


def test_agreeing_twice_takes_over_once(import_form, browser, db):
    page = import_form.submit(text="a.kz\nb.kz")
    other_tab = browser.open(page.path)
    page.submit()

    again = other_tab.submit()

    assert again.status == 422
    assert "This list was taken over on 22 November, 17:00" in again.text
    assert standing(db) == ["a.kz", "b.kz"]
    assert db.scalar(select(func.count()).select_from(policy_log)) == 1


def test_what_was_added_meanwhile_is_passed_over(import_form, db, home):
    page = import_form.submit(text="a.kz\nb.kz")
    make_rule(db, home, "a.kz")

    after = page.submit()

    assert "1 site is taken over." in after.text
    assert standing(db) == ["a.kz", "b.kz"]


def test_an_old_preview_is_refused(import_form, db, browser, alice, noon):
    page = import_form.submit(text="a.kz")
    clock.freeze(noon + timedelta(hours=24))
    browser.log_in(alice)

    again = browser.open(page.path).submit()

    assert "too old" in again.text
    assert standing(db) == []


def test_a_brief_rule_becomes_a_lasting_one(import_form, db, home, noon):
    make_rule(db, home, "a.kz", expires_at=noon + timedelta(minutes=15))

    import_form.submit(text="a.kz").submit()

    assert db.scalars(select(Rule.expires_at).where(Rule.removed_at.is_(None))).all() == [None]


def test_an_import_of_another_home_is_not_found(import_form, browser, db, bob):
    page = import_form.submit(text="a.kz")
    theirs = make_profile(db, bob.account)
    prepared = db.scalars(select(ListImport.id)).one()
    browser.log_in(bob)

    assert browser.open(page.path).status == 404
    ids = {"account_id": bob.account_id, "profile_id": theirs.id, "import_id": prepared}
    assert browser.post("parental.review_import", **ids).status == 404
    assert standing(db) == []


@pytest.mark.parametrize(
    "odd", ["a\0b.kz", "\ud800.kz", "\u202eevil.kz", "💥\n💥.kz", "<script>.kz"]
)
def test_odd_text_is_refused_or_read_and_never_breaks_the_page(import_form, odd):
    page = import_form.submit(text=odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))

    assert page.status in {200, 422}
    assert "<script>.kz" not in page.body


def test_too_many_lists_in_an_hour_are_slowed(import_form, db, browser):
    answers = [import_form.submit(text="a.kz").status for _ in range(1)]
    data = {"text": "a.kz", "action": "block"}
    answers += [
        browser.send("POST", import_form.path, data=data, token=True).status for _ in range(30)
    ]

    assert answers.count(429) == 1
    assert answers[-1] == 429


def test_what_ended_while_the_preview_was_open_is_not_taken_over(import_form, db, noon):
    page = import_form.submit(text="site,expires\na.kz,2026-11-22T17:10\nb.kz,")
    clock.freeze(noon + timedelta(minutes=10))

    page.submit()

    assert standing(db) == ["b.kz"]


def test_a_rule_that_has_ended_makes_room_for_the_same_one(import_form, db, home, noon):
    make_rule(db, home, "a.kz", expires_at=noon - timedelta(minutes=1))

    import_form.submit(text="site,expires\na.kz,2026-11-23").submit()

    assert standing(db) == ["a.kz"]
