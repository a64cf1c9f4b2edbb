"""A letter becomes an appeal or a message of one; nothing is lost, nothing comes twice."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.appeals import actions, chain
from portal.appeals.models import Appeal, Attachment, Contact, Message, MessageBody
from portal.appeals.post import actions as post
from portal.appeals.post.models import IncomingMail, RefusedMail
from portal.appeals.post.reading import read
from portal.appeals.states import AppealKind, Channel
from portal.core import clock
from portal.core.errors import RuleError, ThrottledError
from portal.core.mail import OutgoingMail
from portal.promises.models import Promise
from tests.appeals.factories import acting, as_staff, file_publicly, stored
from tests.appeals.post.samples import PDF, SENDER, TEXT, letter, picture
from tests.exports import exports
from tests.figures.test_counting import as_worker

SERVICE = "appeals@localhost"


def take(app, content, *, to=SERVICE, sender=SENDER):
    """Let a letter come in, as the server does; return what became of it."""
    with acting(app, staff=True):
        return post.take(read(content), post.Envelope(sender, (to,)))


def appeals(db):
    db.expire_all()
    return db.scalars(select(Appeal).order_by(Appeal.id)).all()


def bodies(db):
    query = select(MessageBody.body).join(Message, Message.id == MessageBody.message_id)
    return db.scalars(query.order_by(Message.appeal_id, Message.position)).all()


def mails(db):
    db.expire_all()
    return db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def answered(app, db, dora, **headers):
    """Let a letter come in and be answered; return the headers of the answer."""
    take(app, letter(**headers))
    (appeal,) = appeals(db)
    as_staff(app, dora, appeal.id, actions.answer, body="Good day!\n\nWhich lamp is red?")
    return mails(db)[-1]


def test_a_letter_becomes_an_appeal_with_promise_and_receipt(app, db, noon):
    assert take(app, letter(files=[("lamp.jpg", "image/jpeg", picture())])) == "appeal"

    (appeal,) = appeals(db)
    contact = db.scalars(select(Contact)).one()
    (receipt,) = mails(db)
    assert (appeal.channel, appeal.subject, appeal.account_id) == (
        "email",
        "Не работает интернет",
        None,
    )
    assert (contact.address, contact.name, contact.language) == (SENDER, "Марат Сейтов", "ru")
    assert bodies(db) == [TEXT]
    assert db.scalars(select(Attachment.name)).all() == ["lamp.jpg"]
    assert appeal.received_at == noon
    assert [p.kind for p in db.scalars(select(Promise).where(Promise.is_next))] == ["interim"]
    assert (receipt.address, receipt.language) == (SENDER, "ru")
    assert re.search(r"/appeals/track/[\w-]{20,}", receipt.url)
    assert chain.short(appeal.head) in " ".join(receipt.lines)
    assert receipt.headers["In-Reply-To"] == "<first@mail.example.kz>"
    assert receipt.headers["Auto-Submitted"] == "auto-replied"


def test_the_same_letter_again_changes_nothing(app, db):
    assert [take(app, letter()), take(app, letter())] == ["appeal", "duplicate"]

    assert len(appeals(db)) == len(mails(db)) == 1


def test_the_answer_itself_goes_out_in_the_thread(app, db, dora):
    told = answered(app, db, dora)

    assert told.subject == f"Re: Не работает интернет [{appeals(db)[0].number}]"
    assert told.lines[:2] == ["Good day!", "Which lamp is red?"]
    assert told.headers["In-Reply-To"] == told.headers["References"] == "<first@mail.example.kz>"
    assert told.headers["Reply-To"].startswith("appeals+")
    assert told.headers["Auto-Submitted"] == "no"


@pytest.mark.parametrize("by", ["address", "our Message-ID", "his own Message-ID"])
def test_an_answer_finds_its_appeal(app, db, dora, by):
    told = answered(app, db, dora)
    to = told.headers["Reply-To"] if by == "address" else SERVICE
    references = {
        "address": None,
        "our Message-ID": f"<first@mail.example.kz> {told.headers['Message-ID']}",
        "his own Message-ID": "<first@mail.example.kz>",
    }[by]
    reply = letter("The left one.", Message_ID="<second@x>", References=references, Subject="Re: x")

    assert take(app, reply, to=to) == "reply"

    (appeal,) = appeals(db)
    assert bodies(db)[-1] == "The left one."
    assert (appeal.length, appeal.head) == (3, db.scalars(_newest()).one().own)
    assert db.scalars(select(Promise.kind).where(Promise.is_next)).one() in {
        "interim",
        "next_response",
    }


def _newest():
    return select(Message).order_by(Message.position.desc()).limit(1)


@pytest.mark.parametrize(
    "letters",
    [
        {"From": "eve@example.com"},  # She knows the address and the reference.
        {"Subject": "Re: [{number}]", "known": False},  # A number alone proves nothing.
    ],
    ids=["another sender", "a number only"],
)
def test_a_foreign_letter_is_an_appeal_of_its_own(app, db, dora, letters):
    told = answered(app, db, dora)
    (appeal,) = appeals(db)
    known = letters.pop("known", True)
    headers = {name: value.format(number=appeal.number) for name, value in letters.items()}
    if known:
        headers["References"] = told.headers["Message-ID"]
    foreign = letter("Close this appeal!", Message_ID="<other@x>", **headers)

    assert take(app, foreign, to=told.headers["Reply-To"] if known else SERVICE) == "appeal"

    first, second = appeals(db)
    assert (first.length, second.length, second.follows_id) == (2, 1, None)


def test_an_answer_to_what_is_over_is_a_new_appeal_that_follows(app, db, dora):
    told = answered(app, db, dora)
    (appeal,) = appeals(db)
    as_staff(app, dora, appeal.id, actions.send_final, body="Done.")
    clock.freeze(clock.now() + timedelta(days=10))

    assert take(app, letter("Again!", Message_ID="<2@x>"), to=told.headers["Reply-To"]) == "appeal"

    first, second = appeals(db)
    assert (first.length, second.follows_id) == (3, first.id)
    assert first.number in " ".join(mails(db)[-1].lines)


def test_an_answer_within_ten_days_reopens(app, db, dora):
    told = answered(app, db, dora)
    (appeal,) = appeals(db)
    as_staff(app, dora, appeal.id, actions.send_final, body="Done.")

    take(app, letter("Not quite.", Message_ID="<2@x>"), to=told.headers["Reply-To"])

    assert stored(db, appeal.id).state == "reopened"


@pytest.mark.parametrize(
    ("headers", "sender", "outcome"),
    [
        ({"Auto-Submitted": "auto-replied"}, SENDER, "automatic"),
        ({}, "", "bounce"),
        ({"From": "Kabinet <no-reply@localhost>"}, SENDER, "own"),
    ],
)
def test_robots_are_written_down_and_never_answered(app, db, headers, sender, outcome):
    assert take(app, letter(**headers), sender=sender) == outcome

    assert db.scalars(select(IncomingMail.outcome)).all() == [outcome]
    assert appeals(db) == mails(db) == []


def test_our_own_answer_that_comes_back_is_known(app, db, dora):
    told = answered(app, db, dora)

    assert take(app, letter(Message_ID=told.headers["Message-ID"])) == "own"


def test_thirty_files_false_types_and_large_ones_lose_no_text(app, db):
    files = [(f"{place}.pdf", "application/pdf", PDF) for place in range(28)]
    files[1] = ("lamp.jpg", "image/jpeg", b"MZ\x90\x00 this program cannot be run")
    files[2] = ("film.png", "image/png", b"0" * (20 * 1024 * 1024 + 1))

    assert take(app, letter(files=files)) == "appeal"

    assert db.scalar(select(func.count()).select_from(Attachment)) == 8
    text, remark = bodies(db)
    assert text == TEXT
    assert "lamp.jpg: " in remark
    assert "film.png: Файл больше 20" in remark
    assert "27.pdf" in remark
    assert remark.splitlines()[0] in mails(db)[0].lines
    assert appeals(db)[0].length == 2  # What was refused stands in the conversation too.


def test_a_megabyte_of_text_is_kept_whole_as_a_file(app, db):
    long = "\n".join(f"{place}: ping 10.0.0.1 timed out" for place in range(33_000))
    assert len(long) > 1_000_000

    assert take(app, letter(long)) == "appeal"

    (body,) = bodies(db)
    kept = db.scalars(select(Attachment)).one()
    assert body.startswith("0: ping 10.0.0.1")
    assert "letter.txt" in body
    assert len(body) <= 20_000
    assert (kept.name, kept.media_type) == ("letter.txt", "text/plain")
    path = app.config["SETTINGS"].files_dir / kept.key
    assert path.read_text() == long


def test_scripts_and_history_are_shown_as_words(app, db, browser, dora):
    quoted = "On Mon, Nov 23, 2026 Kabinet <a@b.kz> wrote:\n> <b>old</b>"
    take(app, letter(f"<script>alert(1)</script> It is slow.\n\n{quoted}"))
    (appeal,) = appeals(db)
    browser.log_in(dora)

    page = browser.get("staff.show_ticket", appeal_id=appeal.id)

    assert "<script>alert(1)</script> It is slow." in page.text
    assert "<b>old</b>" in page.text
    assert not page.all(".message script, .message b")


def test_an_empty_letter_is_refused_and_one_without_text_is_not(app, db):
    with pytest.raises(RuleError, match="empty"):
        take(app, letter("", Subject=""))
    assert take(app, letter("", Subject="Нет интернета")) == "appeal"
    only_files = letter(
        "", Subject="", Message_ID="<f@x>", files=[("a.pdf", "application/pdf", PDF)]
    )
    assert take(app, only_files) == "appeal"

    assert bodies(db) == ["Нет интернета", "В этом письме нет текста, только файлы."]
    assert db.scalar(select(func.count()).select_from(IncomingMail)) == 2


def test_whoever_writes_too_often_is_asked_to_wait(app, db):
    for place in range(post.AN_HOUR):
        take(app, letter(Message_ID=f"<{place}@x>"))

    with pytest.raises(ThrottledError):
        take(app, letter(Message_ID="<more@x>"))

    assert len(appeals(db)) == post.AN_HOUR


def test_others_still_get_no_text_by_mail(app, db, dora):
    appeal_id, _ = file_publicly(app)
    as_staff(app, dora, appeal_id, actions.answer, body="Only in the portal.")

    assert "Only in the portal." not in " ".join(mails(db)[-1].lines)
    assert mails(db)[-1].headers == {}


def test_no_letter_goes_where_no_letter_can_go(app, db, dora, noon):
    with acting(app):
        writer = actions.Writer(
            "Aruzhan", "aruzhan.s", "kk", channel=Channel.FACEBOOK, received_at=noon
        )
        appeal_id = actions.file_appeal(
            writer, kind=AppealKind.QUESTION, subject="Roaming", body=TEXT
        ).appeal.id
    as_staff(app, dora, appeal_id, actions.answer, body="Good day!")

    assert mails(db) == []


def test_what_was_refused_is_kept_for_some_days(app, db, noon):
    assert take(app, letter(Subject="Автоответ: я в отпуске")) == "automatic"
    assert take(app, letter(Subject="Автоответ: я в отпуске")) == "duplicate"

    shown = app.test_cli_runner().invoke(args=["appeals", "post-refused"])

    assert f"automatic {SENDER}" in shown.output
    assert f"  | {TEXT}" in shown.output
    assert "1 letters" in shown.output
    [(kind, said)] = exports(db)
    assert (kind, said["rows"], said["most"]) == ("appeals.refused_letters_exported", 1, 50)
    clock.freeze(noon + timedelta(days=15))
    with as_worker(app, db), acting(app):
        post.forget_old()
    assert db.scalar(select(func.count()).select_from(RefusedMail)) == 0


@pytest.mark.parametrize(
    "head",
    [{"Delivered_To": SERVICE}, {"Subject": "Автоответ не отключается на моём номере"}],
)
def test_what_only_looks_like_a_robot_is_filed(app, db, head):
    assert take(app, letter(**head)) == "appeal"
