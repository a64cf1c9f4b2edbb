"""Editors write, look, try and send."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.core import clock
from portal.core.audit import AuditEvent
from portal.news.models import Issue, IssueText
from tests.news.factories import make_issue, make_newsletter, make_readers

WORDS = {
    "title_kk": "Бірге 500", "lead_kk": "Жылдам.", "body_kk": "Мәтін",
    "title_ru": "Вместе 500", "lead_ru": "Быстро.", "body_ru": "Текст",
    "title_en": "Together 500", "lead_en": "Fast.", "body_en": "Text",
}  # fmt: skip


@pytest.fixture
def newsletter(db, cast):
    return make_newsletter(db)


@pytest.fixture
def desk(browser, db, newsletter, fiona):
    browser.log_in(fiona)
    return browser


def jobs(db):
    return db.execute(text("select task_name from jobs.procrastinate_jobs")).scalars().all()


def test_an_editor_writes_an_issue_in_three_languages(desk, db):
    page = desk.get("news.create_issue").submit(newsletter="new-services", **WORDS)

    issue = db.scalars(select(Issue)).one()
    texts = {each.language: each.title for each in db.scalars(select(IssueText))}
    assert page.h1 == "Together 500"
    assert (issue.state, issue.number) == ("draft", None)
    assert texts == {"kk": "Бірге 500", "ru": "Вместе 500", "en": "Together 500"}


def test_a_draft_without_any_words_is_refused(desk, db):
    page = desk.get("news.create_issue").submit(newsletter="new-services")

    assert page.status == 422
    assert "Write something first" in page.text
    assert db.scalar(select(func.count()).select_from(Issue)) == 0


@pytest.mark.parametrize("odd", ["\0", "\x00\x07"])
def test_what_cannot_be_kept_is_refused_and_the_rest_stays_typed(desk, db, odd):
    page = desk.get("news.create_issue").submit(
        newsletter="new-services", **{**WORDS, "body_en": f"Text {odd}"}
    )

    assert page.status == 422
    assert page.value("title_kk") == "Бірге 500"


@pytest.mark.parametrize(
    "odd", ["😀 مرحبا \u202eabc", "<script>alert(1)</script>", "`x` {{ 7*7 }} %(name)s %s"]
)
def test_odd_words_come_back_as_they_are(desk, db, odd):
    page = desk.get("news.create_issue").submit(
        newsletter="new-services", **{**WORDS, "lead_en": odd}
    )

    assert page.status == 200
    assert db.scalar(select(IssueText.lead).where(IssueText.language == "en")) == odd


def test_a_stale_draft_is_not_overwritten_and_nothing_typed_is_lost(
    desk, db, newsletter, fiona, noon
):
    issue = make_issue(db, newsletter, fiona.user)
    first = desk.get("news.edit_issue", issue_id=issue.id)
    second = desk.get("news.edit_issue", issue_id=issue.id)
    clock.freeze(noon + timedelta(minutes=1))
    first.submit(title_en="The first editor’s")

    page = second.submit(title_en="The second editor’s")

    assert page.status == 422
    assert "Somebody changed this issue meanwhile" in page.text
    assert page.value("title_en") == "The second editor’s"
    titles = db.scalars(select(IssueText.title).where(IssueText.language == "en")).all()
    assert titles == ["The first editor’s"]


def test_the_confirming_page_counts_the_readers_and_sending_is_one_job(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user)
    make_readers(db, newsletter, 3)

    confirm = desk.get("news.send_issue", issue_id=issue.id)
    page = confirm.submit()
    again = confirm.submit()

    assert "Send to 3 readers" in confirm.text
    assert "Being sent" in page.text
    assert again.status == 200
    sent = db.get(Issue, issue.id)
    assert (sent.state, sent.number) == ("sending", 1)
    assert jobs(db) == ["portal.news.jobs.list_deliveries"]
    kinds = db.scalars(select(AuditEvent.kind)).all()
    assert kinds == ["news.issue_sent"]


def test_sending_what_was_sent_is_refused(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user, number=1)

    page = desk.get("news.send_issue", issue_id=issue.id).submit()

    assert page.status == 422
    assert "has been sent already" in page.text
    assert jobs(db) == []


@pytest.mark.parametrize("endpoint", ["list_drafts", "show_draft", "send_issue"])
def test_an_editor_reads_a_draft_that_lacks_his_language(desk, newsletter, fiona, endpoint):
    issue = make_issue(desk.db, newsletter, fiona.user, languages=("kk",))
    title = issue.texts[0].title
    values = {} if endpoint == "list_drafts" else {"issue_id": issue.id}

    page = desk.get(f"news.{endpoint}", **values)

    assert page.status == 200
    assert title in page.text


def test_a_missing_language_needs_a_reason(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user, languages=("ru", "en"))

    refused = desk.get("news.send_issue", issue_id=issue.id).submit()
    sent = refused.submit(gap_reason="Only for Russian-speaking towns")

    assert refused.status == 422
    assert "A language is missing" in refused.text
    assert "Being sent" in sent.text
    assert db.get(Issue, issue.id).gap_reason == "Only for Russian-speaking towns"


def test_issues_of_a_newsletter_are_counted_on(desk, db, newsletter, fiona):
    make_issue(db, newsletter, fiona.user, number=41)
    issue = make_issue(db, newsletter, fiona.user)

    desk.get("news.send_issue", issue_id=issue.id).submit()

    assert db.get(Issue, issue.id).number == 42


def test_a_sent_issue_is_not_changed(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user, number=1)

    page = desk.get("news.edit_issue", issue_id=issue.id).submit(title_en="Other")

    assert page.status == 422
    assert "cannot be changed any more" in page.text


def test_a_preview_is_shut_in_a_box(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user)

    preview = desk.get("news.preview_issue", issue_id=issue.id, written_in="kk")

    assert preview.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Бірге 500" in preview.text
    assert "Fiona Fatima" in preview.text


def test_a_test_goes_to_the_editor_alone_and_not_without_end(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user)
    make_readers(db, newsletter, 3)

    page = desk.get("news.show_draft", issue_id=issue.id).submit(form="form[action$='/test']")

    assert "A test is on its way" in page.text
    assert jobs(db) == ["portal.news.jobs.send_test"]
    assert db.get(Issue, issue.id).state == "draft"


def test_a_mailing_is_paused_resumed_and_stopped(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user)
    page = desk.get("news.send_issue", issue_id=issue.id).submit()

    page = page.submit(form="form[action$='/pause']")
    assert "Paused: nothing more leaves" in page.text
    page = page.submit(form="form[action$='/resume']")
    page = page.submit(form="form[action$='/stop']")

    assert "Stopped for good" in page.text
    assert db.get(Issue, issue.id).state == "stopped"


def test_progress_is_not_sent_twice(desk, db, newsletter, fiona):
    issue = make_issue(db, newsletter, fiona.user, number=1)
    first = desk.get("news.show_progress", issue_id=issue.id)

    again = desk.open(first.path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status, again.status) == (200, 304)
