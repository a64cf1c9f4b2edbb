"""A letter comes in: it is written down once, and becomes an appeal or a message of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.appeals import actions as appeals
from portal.appeals import letters, queries, quoting, references
from portal.appeals.actions.saying import Speaker, say
from portal.appeals.models import LONGEST_BODY, LONGEST_SUBJECT, MOST_FILES, Appeal, Contact, Draft
from portal.appeals.post import automatic, threads
from portal.appeals.post.language import language_of
from portal.appeals.post.models import IncomingMail, RefusedMail
from portal.appeals.post.reading import Incoming
from portal.appeals.states import AppealKind, Author, Channel
from portal.core import clock, db, ids, mail, throttle
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l, reading_as, translate

AN_HOUR = 10
KEPT = timedelta(days=180)
REFUSED_KEPT = timedelta(days=14)
MOST_REFUSED = 5_000
_LONGEST_LINE = 500
_ROOM = 400  # characters of a message that say where the rest of it is


@dataclass(frozen=True)
class Envelope:
    """What the sending server said: from whom, and for which of our addresses."""

    sender: str
    recipients: Sequence[str]


@dataclass
class _Kept:
    """What of a letter is kept: the message, its files, and sentences about what was not."""

    body: str
    draft: Draft
    remarks: list[str]


def take(letter: Incoming, envelope: Envelope) -> str:
    """File a letter as an appeal, or add it to the one that it answers; return what became of it.

    It answers an appeal if a sealed reference of ours (in the address, or a Message-ID) names it,
    or the reference of an earlier letter, and its sender is whom we write to about it. From
    anybody else, and when that appeal is over, it is a new one. The same letter again changes
    nothing. Letters of robots are only written down; their words are kept for some days.
    Raises ThrottledError beyond 10 letters an hour of one sender, RuleError for an empty letter.
    """
    why = _robot(letter, envelope)
    if why is None:
        throttle.hit(f"post:{letter.sender}", limit=AN_HOUR, window=timedelta(hours=1))
    entry = _write_down(letter, why or "appeal")
    if entry is None:
        return "duplicate"
    if why:
        _keep_refused(letter, why)
        return why
    answered = _answered(letter, envelope)
    if answered and not answered.is_over(clock.now()):
        _reply(answered, letter)
        entry.outcome, entry.appeal_id = "reply", answered.id
    else:
        entry.appeal_id = _file(letter, follows=answered).id
    return entry.outcome


def refused(*, most: int) -> Sequence[RefusedMail]:
    """Return what was taken for letters of robots in the last 14 days, the newest first."""
    newest = select(RefusedMail).order_by(RefusedMail.received_at.desc(), RefusedMail.id.desc())
    return session.scalars(newest.limit(most)).all()


def forget_old() -> int:
    """Forget letters that came in 180 days ago; what they said stays in their appeals.

    Of what was refused as a robot's the words go after 14 days.
    """
    session.execute(delete(RefusedMail).where(RefusedMail.received_at < clock.now() - REFUSED_KEPT))
    old = delete(IncomingMail).where(IncomingMail.received_at < clock.now() - KEPT)
    return len(session.scalars(old.returning(IncomingMail.id)).all())


def _keep_refused(letter: Incoming, why: str) -> None:
    """Keep who wrote what, so that a person taken for a robot is not lost; 5000 letters at most."""
    if (session.scalar(select(func.count()).select_from(RefusedMail)) or 0) < MOST_REFUSED:
        session.add(
            RefusedMail(
                reason=why,
                sender=letter.sender,
                subject=letter.subject[:_LONGEST_LINE],
                received_at=clock.now(),
                body=letter.body[:LONGEST_BODY],
            )
        )


def _robot(letter: Incoming, envelope: Envelope) -> str | None:
    keys = threads.keys()
    return automatic.reason(
        letter,
        envelope_sender=envelope.sender,
        our_addresses={
            threads.settings().appeals_address,
            mail.bare(threads.settings().mail_from),
        },
        is_ours=lambda written: references.appeal_of_message_id(written, keys) is not None,
    )


def _write_down(letter: Incoming, outcome: str) -> IncomingMail | None:
    """Write a letter down; None if it is known. Its second delivery waits here for the first."""
    row = {
        "id": ids.uuid7(),
        "key": letter.key,
        "message_id": letter.message_id,
        "outcome": outcome,
        "received_at": clock.now(),
    }
    claim = insert(IncomingMail).values(row).on_conflict_do_nothing(index_elements=["key"])
    made = session.scalar(claim.returning(IncomingMail.id))
    return session.get_one(IncomingMail, made) if made else None


def _answered(letter: Incoming, envelope: Envelope) -> Appeal | None:
    """Return the appeal that a letter answers, locked, if its sender is its contact."""
    for appeal_id in _named(letter, envelope):
        try:
            appeal = queries.appeal_for_staff(appeal_id, lock=True)
        except NotFoundError:
            continue
        if session.get_one(Contact, appeal.contact_id).address.lower() == letter.sender:
            return appeal
    return None


def _named(letter: Incoming, envelope: Envelope) -> list[UUID]:
    keys, address = threads.keys(), threads.settings().appeals_address
    tokens = [references.token_in(each, address) or "" for each in envelope.recipients]
    sealed = [references.appeal_of_token(token, keys) for token in tokens]
    sealed += [references.appeal_of_message_id(each, keys) for each in letter.references]
    known = session.scalars(
        select(IncomingMail.appeal_id)
        .where(IncomingMail.message_id.in_(letter.references))
        .where(IncomingMail.appeal_id.is_not(None))
        .order_by(IncomingMail.id.desc())
    )
    return list(dict.fromkeys(each for each in [*sealed, *known] if each))


def _reply(appeal: Appeal, letter: Incoming) -> None:
    contact = session.get_one(Contact, appeal.contact_id)
    kept = _keep(letter, contact.language, secret=appeals.new_secret())
    appeals.reply(appeal, body=kept.body, by=None, draft=kept.draft)
    if kept.remarks:
        _add_remarks(appeal, kept)
        letters.send_remarks(appeal, contact, letters.Came(letter.message_id, (*kept.remarks,)))


def _file(letter: Incoming, *, follows: Appeal | None) -> Appeal:
    language = language_of(f"{letter.subject}\n{quoting.split(letter.body)[0]}")
    secret = appeals.new_secret()
    kept = _keep(letter, language, secret=secret)
    remarks = [*kept.remarks]
    if follows:
        with reading_as(language):
            remarks.append(
                translate(
                    _l("Appeal %(number)s is over: your letter is a new one, linked with it."),
                    number=follows.number,
                )
            )
    writer = appeals.Writer(
        letter.name,
        letter.sender,
        language,
        secret=secret,
        channel=Channel.EMAIL,
        received_at=clock.now(),
        came=letters.Came(letter.message_id, (*remarks,)),
    )
    appeal = appeals.file_appeal(
        writer,
        kind=AppealKind.QUESTION,
        subject=letter.subject[:LONGEST_SUBJECT] or appeals.subject_of_text(kept.body),
        body=kept.body,
        draft=kept.draft,
        follows=follows,
    ).appeal
    if kept.remarks:
        _add_remarks(appeal, kept)
    return appeal


def _add_remarks(appeal: Appeal, kept: _Kept) -> None:
    say(appeal, "\n".join(kept.remarks), Speaker(Author.SYSTEM))


def _keep(letter: Incoming, language: str, *, secret: str) -> _Kept:
    """Keep text and files of a letter in a draft behind `secret`."""
    db.see(token=db.digest(secret))
    draft = appeals.save_draft(None, content={}, secret_hash=db.digest(secret))
    session.flush()  # The files point to the draft.
    with reading_as(language):
        body = _message(letter, draft)
        _read_anew(draft)
        kept = _Kept(body, draft, _attach(draft, letter))
    _read_anew(draft)
    return kept


def _read_anew(draft: Draft) -> None:
    session.flush()  # What was attached is in the database first.
    session.refresh(draft, ["attachments"])


def _attach(draft: Draft, letter: Incoming) -> list[str]:
    """Keep as many files as may be; return sentences about the others."""
    refused, files = [], letter.files
    sender, room = f"post:{letter.sender}", MOST_FILES - len(draft.attachments)
    for file in files[:room]:
        try:
            appeals.attach_bytes(draft, file.content, name=file.name, sender=sender)
        except RuleError as refusal:
            refused.append(f"{file.name}: {refusal.message}")
    if too_many := ", ".join(file.name for file in files[room:]):
        sentence = _l("%(most)s files are the most. These were not kept: %(names)s")
        refused.append(translate(sentence, most=MOST_FILES, names=too_many))
    return refused


def _message(letter: Incoming, draft: Draft) -> str:
    """Return the words of a letter as a message; those of a long one go into a file, whole."""
    text = letter.body
    if not text:
        return _without_words(letter)
    if len(text) <= LONGEST_BODY:
        return text
    appeals.attach_text(draft, text, name="letter.txt")
    said = quoting.split(text)[0]
    note = translate(_l("The whole letter stands in the file letter.txt."))
    return f"{said[: LONGEST_BODY - _ROOM].rstrip()}\n\n[…] {note}"


def _without_words(letter: Incoming) -> str:
    if letter.files:
        return translate(_l("There is no text in this letter, only files."))
    if letter.subject:
        return letter.subject
    raise RuleError(_l("This letter is empty."), field="body")
