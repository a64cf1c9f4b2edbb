"""How a list is read: in which format, once more in another, and by the worker if it is long."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.parental.models import ListImport, Rule
from tests.parental.factories import make_import, make_profile
from tests.parental.preview import facts
from tests.statements import counted


def test_the_reader_may_say_which_format_it_is(import_form, db):
    page = import_form.submit(text="casino.com\npoker.com", written_as="hosts")

    assert facts(page) == [0, 0, 0, 0, 2]
    assert "begins with an address" in page.text
    again = page.follow("Read it in another way")
    assert again.value("text").split() == ["casino.com", "poker.com"]
    right = again.submit(written_as="")
    assert "Read as: One site in a line." in right.text
    assert facts(right) == [2, 0, 0, 0, 0]


def test_a_file_need_not_be_sent_again_to_be_read_in_another_way(import_form, db):
    page = import_form.submit(file=(io.BytesIO(b"casino.com"), "list.txt"), written_as="json")
    assert page.status == 422

    wrong = import_form.submit(file=(io.BytesIO(b"casino.com"), "list.txt"), written_as="rpz")
    again = wrong.follow("Read it in another way")

    assert "“list.txt” is read once more" in again.text
    assert facts(again.submit(written_as="plain")) == [1, 0, 0, 0, 0]


def test_a_table_brings_notes_and_times(import_form, db, noon):
    table = (
        "site,action,note,expires,when\n"
        "a.kz,allow,lesson,2026-11-23,\n"
        "b.kz,,,,windows\n"
        "c.kz,,,2026-11-21,\n"
    )

    page = import_form.submit(text=table)

    assert "This rule has ended already." in page.text
    page.submit()
    rules = db.scalars(select(Rule).order_by(Rule.site)).all()
    assert [(r.site, r.action, r.note, r.expires_at, r.in_windows) for r in rules] == [
        ("a.kz", "allow", "lesson", noon + timedelta(days=1, hours=7), False),
        ("b.kz", "block", "", None, True),
    ]


def test_rules_of_json_are_counted_not_lines(import_form):
    page = import_form.submit(text='["a.kz",\n\n\n"com.kz"]')

    assert "Rule 2: com.kz is the ending" in page.text


def test_a_long_list_is_left_to_the_worker(import_form, db, browser):
    page = import_form.submit(text="a.kz\n" * 30_000)

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


def test_of_two_long_lists_the_newer_counts(import_form, db, browser):
    first = import_form.submit(text="a.kz\n" * 30_000)
    import_form.submit(text="b.kz\n" * 30_000)

    page = browser.open(first.path)

    assert "Another list was loaded after this one" in page.text
    kept = db.execute(select(ListImport.content, ListImport.is_being_read)).all()
    assert min(kept, key=lambda row: row[1]) == (None, False)
    assert [row[0][:4] for row in kept if row[1]] == ["b.kz"]


def test_looking_at_a_preview_does_not_load_the_list_again(import_form, harness_engine, browser):
    page = import_form.submit(text="a.kz\n" * 30_000)

    with counted(harness_engine) as statements:
        browser.open(page.path)
        browser.open(page.path + "/progress", headers={"HX-Request": "true"})

    assert not [one for one in statements if "parental_import.content" in one]


@pytest.mark.parametrize("written_as", ["xml", "HOSTS", "\0"])
def test_a_format_that_does_not_exist_is_refused(import_form, db, written_as):
    page = import_form.browser.send(
        "POST",
        import_form.path,
        data={"text": "a.kz", "action": "block", "written_as": written_as},
        token=True,
    )

    assert page.status == 422
    assert page.value("text").strip() == "a.kz"
    assert db.scalar(select(func.count()).select_from(ListImport)) == 0


def test_a_list_of_another_profile_is_not_read_again(import_form, browser, db, bob):
    theirs = make_import(db, make_profile(db, bob.account), bob.user, content="secret.kz")

    page = browser.open(f"{import_form.path}?again={theirs.id}")

    assert page.status == 200
    assert "secret.kz" not in page.body


def test_a_long_text_may_be_pasted(import_form, db):
    page = import_form.submit(text="a.kz\n" * 280_000)

    assert "The list is being read" in page.text
    assert db.scalar(select(func.length(ListImport.content))) == 1_399_999
