"""What specialists do with an outage: open it, promise another time, tell, restore."""

from datetime import datetime

from portal.accounts.models import User
from portal.appeals.outages import queries, words
from portal.appeals.outages.models import (
    LONGEST_CAUSE,
    LONGEST_WORDS,
    OLDEST_START,
    Outage,
    OutageArea,
    OutageBroadcast,
    OutagePromise,
    Word,
    check_time,
)
from portal.appeals.outages.places import NewOutage, unknown_districts
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import LANGUAGES, _l

TASK = "portal.appeals.outages.jobs.tell_followers"


def check_new(wish: NewOutage) -> None:
    """Raise RuleError (with its field) unless the outage can be opened as it is.

    Unplanned ones have begun, at most 7 days ago; planned ones need not have. The districts are
    such as somebody has an address in.
    """
    now = clock.now()
    _check_words(wish.cause, "cause", most=LONGEST_CAUSE)
    if wish.started_at > now and not wish.is_planned:
        raise RuleError(_l("Only planned works begin later than now."), field="started_at")
    if wish.started_at < now - OLDEST_START:
        raise RuleError(_l("This is more than 7 days ago."), field="started_at")
    check_time(wish.promised_at, started_at=wish.started_at, now=now)
    city = next(iter(wish.areas)).city
    if any(area.district for area in wish.areas):
        known = queries.districts_of(city)
        if unknown := unknown_districts(wish.areas, known):
            raise RuleError(
                _l("Nobody has an address in: %(unknown)s. Known are: %(known)s."),
                field="districts",
                unknown=", ".join(unknown),
                known=", ".join(each.district for each in known) or "–",
            )


def open_outage(wish: NewOutage, *, by: User) -> Outage:
    """Let everybody know of an outage. Records `outages.outage_opened`.

    Raises RuleError as `check_new` does.
    """
    check_new(wish)
    now = clock.now()
    outage = Outage(
        id=ids.uuid7(),
        is_planned=wish.is_planned,
        cause=wish.cause,
        technologies=list(wish.technologies),
        started_at=wish.started_at,
        promised_at=wish.promised_at,
        moved=0,
        opened_at=now,
        author_id=by.id,
    )
    session.add(outage)
    session.flush()  # Areas and the promise point to it.
    session.add_all(
        OutageArea(outage_id=outage.id, city=area.city, district=area.district)
        for area in wish.areas
    )
    _note_promise(outage, {}, by)
    audit.record("outages.outage_opened", subject=outage, actor=by, planned=wish.is_planned)
    return outage


def move_promise(outage: Outage, until: datetime, *, reason: dict[str, str], by: User) -> None:
    """Promise another time for a locked outage, and tell all who follow it.

    Records `outages.promise_moved`. Raises RuleError as Outage.move does, and (field `reason_…`)
    for a later time without a reason in each language.
    Source: appeals-and-sla.md, rule 4.
    """
    is_later = until > outage.promised_at
    if is_later:
        _check_words(reason, "reason", most=LONGEST_CAUSE)
    outage.move(until, now=clock.now())
    why = reason if is_later else {}
    _note_promise(outage, why, by)
    _broadcast(outage, Word.MOVED, words.moved_texts(outage, why), by=by, reason=why)
    audit.record("outages.promise_moved", subject=outage, actor=by, later=is_later)


def broadcast_update(
    outage: Outage, texts: dict[str, str], *, names_time: bool, by: User
) -> OutageBroadcast:
    """Tell all who follow a locked outage how it goes; naming the time it is an interim answer.

    Records `outages.update_broadcast`. Raises RuleError if it is over, (field `text_…`) without
    a text in each language, and (field `names_time`) if the promised time has passed.
    """
    if outage.is_over:
        raise RuleError(_l("This outage is over already."))
    _check_words(texts, "text", most=LONGEST_WORDS)
    if names_time and outage.is_late(clock.now()):
        raise RuleError(
            _l("The promised time has passed. Promise a new one first."), field="names_time"
        )
    made = _broadcast(outage, Word.UPDATE, texts, by=by, names_time=names_time)
    audit.record("outages.update_broadcast", subject=outage, actor=by, names_time=names_time)
    return made


def restore(outage: Outage, at: datetime, *, by: User) -> None:
    """Say that everything works again since `at`, and ask all who follow whether it does.

    The repairs count as done from now, when we say so: a time that is written down later mends no
    broken promise. Records `outages.outage_restored`. Raises RuleError as Outage.restore does.
    """
    outage.restore(at, now=clock.now())
    _broadcast(outage, Word.RESTORED, words.restored_texts(outage, at), by=by, names_time=False)
    audit.record("outages.outage_restored", subject=outage, actor=by)


def call_off(outage: Outage, *, by: User) -> None:
    """Let planned works not take place. Records `outages.outage_called_off`.

    Raises RuleError once they have begun.
    """
    outage.call_off(now=clock.now())
    audit.record("outages.outage_called_off", subject=outage, actor=by)


def _note_promise(outage: Outage, reason: dict[str, str], by: User) -> None:
    session.add(
        OutagePromise(
            outage_id=outage.id,
            promised_at=outage.promised_at,
            reason=reason,
            at=clock.now(),
            author_id=by.id,
        )
    )


def _broadcast(
    outage: Outage,
    word: Word,
    texts: dict[str, str],
    *,
    by: User,
    reason: dict[str, str] | None = None,
    names_time: bool = True,
) -> OutageBroadcast:
    made = OutageBroadcast(
        id=ids.uuid7(),
        outage_id=outage.id,
        word=word,
        texts=texts,
        promised_at=outage.promised_at if names_time else None,
        reason=reason or {},
        at=clock.now(),
        author_id=by.id,
    )
    session.add(made)
    enqueue(session, TASK, outage_id=str(outage.id))
    return made


def _check_words(texts: dict[str, str], field: str, *, most: int) -> None:
    """Raise RuleError (field `field_kk` ...) unless there is a text of each language."""
    for language in LANGUAGES:
        written = texts.get(language, "").strip()
        if not written:
            raise RuleError(
                _l("Write it in Kazakh, Russian and English."), field=f"{field}_{language}"
            )
        if len(written) > most:
            raise RuleError(
                _l("This is too long: %(most)s characters at most."),
                field=f"{field}_{language}",
                most=most,
            )
