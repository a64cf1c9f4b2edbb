"""Taking over a list: a preview first, then all of it or nothing."""

import gzip
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.parental.models import ListImport, Rule, policy_log
from portal.parental.sites import Action
from tests.parental.factories import make_import, make_profile, make_rule
from tests.statements import counted

LIST = """# my list
casino.com
www.casino.com
poker.com
com.kz
0.0.0.0 good.kz
1.2.3.4
poker.com
"""


@pytest.fixture
def form(browser, alice, home):
    browser.log_in(alice)
    return browser.get("parental.import_list", account_id=alice.account_id, profile_id=home.id)


def standing(db):
    query = select(Rule.site).where(Rule.removed_at.is_(None)).order_by(Rule.site)
    return db.scalars(query).all()


def facts(page):
    cells = page.all("main dl.facts div")
    return [int(cell.cssselect("dd")[0].text_content()) for cell in cells]


def test_a_preview_tells_every_fate_and_changes_nothing(form, db, home):
    make_rule(db, home, "poker.com")
    make_rule(db, home, "good.kz", Action.ALLOW)

    page = form.submit(text=LIST, action="block")

    assert facts(page) == [1, 1, 2, 1, 2]  # new, conflict, known, covered, refused
    refused = [item.text_content() for item in page.all("main .thing-text")]
    assert ["com.kz" in refused[0], "1.2.3.4" in refused[1]] == [True, True]
    assert "Line 5: com.kz is the ending of thousands" in refused[0]
    assert "Line 7: 1.2.3.4 is the address of a computer" in refused[1]
    assert standing(db) == ["good.kz", "poker.com"]
    assert db.scalar(select(func.count()).select_from(policy_log)) == 0


def test_a_list_is_taken_over_whole(form, db, home, newest_policy):
    after = form.submit(text=LIST).submit()

    assert "3 sites are taken over." in after.text
    assert standing(db) == ["casino.com", "good.kz", "poker.com"]
    assert {rule.name for rule in newest_policy(home).rules} == set(standing(db))
    assert db.scalars(select(AuditEvent.details["count"].as_integer())).all() == [3]


def test_a_file_wins_over_the_text(form, db):
    file = (io.BytesIO(b"from-the-file.kz\n"), "list.txt")

    page = form.submit(file=file, text="from-the-text.kz", action="allow")

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
def test_a_file_that_is_no_list_is_refused_and_the_text_stays(form, db, content, words):
    page = form.submit(file=(io.BytesIO(content), "x"), text="typed.kz", action="allow")

    assert page.status == 422
    assert words in page.text
    assert page.value("text").strip() == "typed.kz"
    assert [box.get("value") for box in page.all("input:checked")] == ["allow"]
    assert db.scalar(select(func.count()).select_from(ListImport)) == 0


@pytest.mark.parametrize(
    ("language", "words"), [("kk", "тым үлкен"), ("ru", "слишком много"), ("en", "too large")]
)
def test_a_file_beyond_the_limit_is_not_even_received(form, browser, language, words):
    page = browser.send(
        "POST",
        f"{form.path}?lang={language}",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(9 * 1024**2)},
    )

    assert page.status == 413
    assert words in page.text


def test_nothing_at_all_is_refused(form):
    page = form.submit()

    assert page.status == 422
    assert "Choose a file or paste a list." in page.text


def test_a_list_above_the_limit_is_refused_with_the_count(form, db, home, app, monkeypatch):
    small = replace(app.config["SETTINGS"], parental_most_rules=3)
    monkeypatch.setitem(app.config, "SETTINGS", small)
    make_rule(db, home, "mine.kz")

    page = form.submit(text="a.kz\nb.kz\nc.kz\nx.a.kz\nx.b.kz")

    assert page.status == 422
    assert "would hold 4 sites" in page.text
    assert standing(db) == ["mine.kz"]


def test_agreeing_twice_takes_over_once(form, browser, db):
    page = form.submit(text="a.kz\nb.kz")
    other_tab = browser.open(page.path)
    page.submit()

    again = other_tab.submit()

    assert again.status == 422
    assert "This list was taken over on 22 November, 17:00" in again.text
    assert standing(db) == ["a.kz", "b.kz"]
    assert db.scalar(select(func.count()).select_from(policy_log)) == 1


def test_what_was_added_meanwhile_is_passed_over(form, db, home):
    page = form.submit(text="a.kz\nb.kz")
    make_rule(db, home, "a.kz")

    after = page.submit()

    assert "1 site is taken over." in after.text
    assert standing(db) == ["a.kz", "b.kz"]


def test_an_old_preview_is_refused(form, db, browser, alice, noon):
    page = form.submit(text="a.kz")
    clock.freeze(noon + timedelta(hours=24))
    browser.log_in(alice)

    again = browser.open(page.path).submit()

    assert "too old" in again.text
    assert standing(db) == []


def test_a_brief_rule_becomes_a_lasting_one(form, db, home, noon):
    make_rule(db, home, "a.kz", expires_at=noon + timedelta(minutes=15))

    form.submit(text="a.kz").submit()

    assert db.scalars(select(Rule.expires_at).where(Rule.removed_at.is_(None))).all() == [None]


def test_an_import_of_another_home_is_not_found(form, browser, db, bob):
    page = form.submit(text="a.kz")
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
def test_odd_text_is_refused_or_read_and_never_breaks_the_page(form, odd):
    page = form.submit(text=odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))

    assert page.status in {200, 422}
    assert "<script>.kz" not in page.body


def test_too_many_lists_in_an_hour_are_slowed(form, db, browser):
    answers = [form.submit(text="a.kz").status for _ in range(1)]
    data = {"text": "a.kz", "action": "block"}
    answers += [browser.send("POST", form.path, data=data, token=True).status for _ in range(30)]

    assert answers.count(429) == 1
    assert answers[-1] == 429


def test_the_reader_may_say_which_format_it_is(form, db):
    page = form.submit(text="casino.com\npoker.com", written_as="hosts")

    assert facts(page) == [0, 0, 0, 0, 2]
    assert "begins with an address" in page.text
    again = page.follow("Read it in another way")
    assert again.value("text").split() == ["casino.com", "poker.com"]
    right = again.submit(written_as="")
    assert "Read as: One site in a line." in right.text
    assert facts(right) == [2, 0, 0, 0, 0]


def test_a_file_need_not_be_sent_again_to_be_read_in_another_way(form, db):
    page = form.submit(file=(io.BytesIO(b"casino.com"), "list.txt"), written_as="json")
    assert page.status == 422

    wrong = form.submit(file=(io.BytesIO(b"casino.com"), "list.txt"), written_as="rpz")
    again = wrong.follow("Read it in another way")

    assert "“list.txt” is read once more" in again.text
    assert facts(again.submit(written_as="plain")) == [1, 0, 0, 0, 0]


def test_a_table_brings_notes_and_times(form, db, noon):
    table = (
        "site,action,note,expires,when\n"
        "a.kz,allow,lesson,2026-11-23,\n"
        "b.kz,,,,windows\n"
        "c.kz,,,2026-11-21,\n"
    )

    page = form.submit(text=table)

    assert "This rule has ended already." in page.text
    page.submit()
    rules = db.scalars(select(Rule).order_by(Rule.site)).all()
    assert [(r.site, r.action, r.note, r.expires_at, r.in_windows) for r in rules] == [
        ("a.kz", "allow", "lesson", noon + timedelta(days=1, hours=7), False),
        ("b.kz", "block", "", None, True),
    ]


def test_what_ended_while_the_preview_was_open_is_not_taken_over(form, db, noon):
    page = form.submit(text="site,expires\na.kz,2026-11-22T17:10\nb.kz,")
    clock.freeze(noon + timedelta(minutes=10))

    page.submit()

    assert standing(db) == ["b.kz"]


def test_a_rule_that_has_ended_makes_room_for_the_same_one(form, db, home, noon):
    make_rule(db, home, "a.kz", expires_at=noon - timedelta(minutes=1))

    form.submit(text="site,expires\na.kz,2026-11-23").submit()

    assert standing(db) == ["a.kz"]


def test_rules_of_json_are_counted_not_lines(form):
    page = form.submit(text='["a.kz",\n\n\n"com.kz"]')

    assert "Rule 2: com.kz is the ending" in page.text


def test_a_long_list_is_left_to_the_worker(form, db, browser):
    page = form.submit(text="a.kz\n" * 30_000)

    assert "The list is being read" in page.text
    assert "0 of 30 000 lines are read." in page.text
    task, arguments = db.execute(text("select task_name, args from jobs.procrastinate_jobs")).one()
    assert task == "portal.parental.jobs.read_long_list"
    assert arguments == {"import_id": str(db.scalars(select(ListImport.id)).one())}
    part = browser.open(page.path + "/progress", headers={"HX-Request": "true"})
    assert (part.status, part.one("svg").get("aria-label")) == (
        200,
        "0 percent of the list are read",
    )
    again = browser.open(
        page.path + "/progress",
        headers={"HX-Request": "true", "If-None-Match": part.headers["ETag"]},
    )
    assert again.status == 304
    assert browser.send("POST", page.path, token=True).status == 422


def test_of_two_long_lists_the_newer_counts(form, db, browser):
    first = form.submit(text="a.kz\n" * 30_000)
    form.submit(text="b.kz\n" * 30_000)

    page = browser.open(first.path)

    assert "Another list was loaded after this one" in page.text
    kept = db.execute(select(ListImport.content, ListImport.is_being_read)).all()
    assert min(kept, key=lambda row: row[1]) == (None, False)
    assert [row[0][:4] for row in kept if row[1]] == ["b.kz"]


def test_looking_at_a_preview_does_not_load_the_list_again(form, harness_engine, browser):
    page = form.submit(text="a.kz\n" * 30_000)

    with counted(harness_engine) as statements:
        browser.open(page.path)
        browser.open(page.path + "/progress", headers={"HX-Request": "true"})

    assert not [one for one in statements if "parental_import.content" in one]


@pytest.mark.parametrize("written_as", ["xml", "HOSTS", "\0"])
def test_a_format_that_does_not_exist_is_refused(form, db, written_as):
    page = form.browser.send(
        "POST",
        form.path,
        data={"text": "a.kz", "action": "block", "written_as": written_as},
        token=True,
    )

    assert page.status == 422
    assert page.value("text").strip() == "a.kz"
    assert db.scalar(select(func.count()).select_from(ListImport)) == 0


def test_a_list_of_another_profile_is_not_read_again(form, browser, db, bob):
    theirs = make_import(db, make_profile(db, bob.account), bob.user, content="secret.kz")

    page = browser.open(f"{form.path}?again={theirs.id}")

    assert page.status == 200
    assert "secret.kz" not in page.body


def test_a_long_text_may_be_pasted(form, db):
    page = form.submit(text="a.kz\n" * 280_000)

    assert "The list is being read" in page.text
    assert db.scalar(select(func.length(ListImport.content))) == 1_399_999
