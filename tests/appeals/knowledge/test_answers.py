"""Questions and answers: found in any form of a word, shown in a language, told apart."""

import pytest
from sqlalchemy import select, text

from portal.appeals.knowledge import actions, queries
from portal.appeals.knowledge.models import Answer, AnswerVote, VainSearch
from portal.appeals.models import Appeal
from tests.appeals.factories import acting
from tests.appeals.knowledge.factories import BILLS, SLOW, publish
from tests.statements import counted


@pytest.fixture
def slow(app, fiona):
    return publish(app, fiona, SLOW, kind="fault")


@pytest.fixture
def bills(app, fiona):
    return publish(app, fiona, BILLS)


def found(app, typed, **more):
    with acting(app):
        return [answer.id for answer in queries.search(typed, **more).answers]


def test_answers_are_found_in_three_languages_by_forms_beginnings_and_errors(app, slow, bills):
    for typed in ("шоттарымды төлеу", "шотпен", "оплата счетов", "счёту", "paying bills", "опла"):
        assert found(app, typed)[:1] == [bills], typed
    for typed in (
        "медленно",
        "медленый интернет",
        "routre",
        "интернетім баяу",
        "slow",
        "роутердің",
    ):
        assert found(app, typed)[:1] == [slow], typed
    assert found(app, "телескоп") == []
    assert found(app, "почему") == []
    assert found(app, "роутер", kind="complaint") == []
    assert found(app, "роутер", kind="fault") == [slow]


@pytest.mark.parametrize(
    "typed",
    ["' & | ! <-> :*", "\\", "a:*b & (", "%_%", "🙂", "'; drop table answer; --", "я" * 5000, "()"],
)
def test_whatever_is_typed_is_safe(app, slow, typed):
    assert found(app, typed) == []


def test_a_search_is_one_statement_by_the_index(app, slow, db, harness_engine):
    db.execute(
        text(
            "insert into answer (id, version, tags, live, document, author_id, changed_at,"
            " published_at) select gen_random_uuid(), 1, '[]', 1,"
            " to_tsvector('simple', 'word' || n), author_id, now(), now()"
            " from answer, generate_series(1, 2000) n"
        )
    )
    db.execute(text("analyze answer"))
    db.commit()

    with counted(harness_engine) as statements:
        assert found(app, "медленный роутер") == [slow]

    assert len(statements) == 1
    plan = db.scalars(
        text(
            "explain select id from answer where live is not null"
            " and document @@ to_tsquery('simple', 'роутер:*')"
        )
    ).all()
    assert any("ix_answer_document" in line for line in plan)


def test_a_draft_is_found_by_nobody_until_it_is_published(browser, db, app, fiona, slow):
    browser.log_in(fiona)
    page = browser.get("knowledge.edit_answer", answer_id=slow)
    page = page.submit(question_en="How to cure lag?", button="act=save")

    assert "Readers do not see it yet" in page.text
    assert found(app, "lag") == []
    page = page.submit(button="act=publish")
    assert found(app, "lag") == [slow]
    assert db.scalars(select(Answer.live)).all() == [2]
    page = page.submit(button="act=withdraw")
    assert found(app, "lag") == []
    assert browser.get("knowledge.show_answer", answer_id=slow).status == 404


def test_two_editors_at_once_lose_nothing(browser, db, fiona, slow):
    browser.log_in(fiona)
    first = browser.get("knowledge.edit_answer", answer_id=slow)
    second = browser.get("knowledge.edit_answer", answer_id=slow)
    first.submit(question_en="First", button="act=save")

    page = second.submit(question_en="Second", button="act=save")

    assert page.status == 422
    assert "Somebody changed this answer" in page.text
    assert page.value("question_en") == "Second"


def test_a_page_tells_when_it_is_in_another_language_and_cleans_what_was_written(
    browser, app, fiona
):
    words = {"ru": ("Где скрипт?", "Здесь <script>alert(1)</script> и [тут](javascript:alert(1))")}
    answer_id = publish(app, fiona, words)
    browser.log_in(fiona)

    page = browser.get("knowledge.show_answer", answer_id=answer_id)

    assert "here it is in Russian" in page.text
    assert page.one("article").get("lang") == "ru"
    assert not page.all("article script")
    assert not page.all("article a")


def test_a_reader_says_once_whether_it_helped(browser, db, app, alice, slow):
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    for person in (None, alice):
        if person:
            browser.log_in(person)
        page = browser.get("knowledge.show_answer", answer_id=slow)
        again = browser.open(page.path)
        page = page.submit(comment="Call +7 701 555 14 08", button="vote=no")
        assert "You have told us" in page.text
        assert "Your first word counts" in again.submit(button="vote=yes").text
    votes = db.execute(select(AnswerVote.is_helpful, AnswerVote.comment)).all()
    assert [tuple(each) for each in votes] == [(False, "Call …")] * 2
    with acting(app):
        answer = queries.answer_of_desk(slow)
        assert queries.figures_of([answer])[slow] == queries.Figures(0, 2, 0)


def test_looking_never_counts_as_a_word(browser, db, slow):
    browser.get("knowledge.show_answer", answer_id=slow, vote="yes")

    assert db.scalars(select(AnswerVote.id)).all() == []


def test_answers_are_offered_while_an_appeal_is_written_and_may_end_it(browser, db, alice, slow):
    browser.log_in(alice)
    form = browser.get("appeals.file_appeal", account_id=alice.account_id)

    page = form.submit(subject="Slow internet", body="", button="act=answers")

    assert page.status == 200
    assert page.value("subject") == "Slow internet"
    assert "Why is the internet slow?" in page.text
    offered = browser.post("knowledge.suggest_answers", {"subject": "x", "body": "медленно"})
    assert "Why is the internet slow?" in offered.text
    button = page.one("button[value=ended]")
    ended = browser.send(
        "POST", button.get("formaction"), data={"vote": "ended"}, token=True, follow=True
    )
    assert "Your appeal was not sent" in ended.text
    assert db.scalars(select(AnswerVote.ended_appeal)).all() == [True]
    assert db.scalars(select(Appeal.id)).all() == []


def test_a_search_in_vain_is_counted_without_anybodys_data(browser, db, fiona, slow):
    for _ in range(2):
        browser.get("knowledge.list_answers", q="Телескоп для 712034456", lang="ru")
    browser.get("knowledge.list_answers", q="медленный роутер", lang="ru")

    row = db.execute(select(VainSearch.words, VainSearch.language, VainSearch.times)).one()
    assert tuple(row) == ("телескоп", "ru", 2)
    browser.log_in(fiona)
    page = browser.get("knowledge.list_drafts").follow("Write it")
    assert page.value("question_ru") == "телескоп"
    page.submit(body_ru="Телескопов нет.", button="act=publish")
    assert db.scalars(select(VainSearch.id)).all() == []


def test_old_searches_are_forgotten(app, db, slow):
    with acting(app):
        actions.note_vain_search("телескоп", "ru")
        actions.forget_old_vain_searches()
    assert len(db.scalars(select(VainSearch.id)).all()) == 1
    db.execute(text("update vain_search set last_at = last_at - interval '181 days'"))
    db.commit()
    with acting(app):
        actions.forget_old_vain_searches()
    db.expire_all()
    assert db.scalars(select(VainSearch.id)).all() == []
