"""What those who follow an outage are told, in each of the three languages."""

from collections.abc import Callable
from datetime import datetime

from portal.appeals.outages.models import Outage
from portal.core.text import (
    LANGUAGES,
    Marked,
    _l,
    day_time,
    deadline,
    in_language,
    reading_as,
    translate,
)

_UPDATE = _l(
    "%(cause)s: we are working on it. Everything works again by %(due)s. We write as soon as it"
    " does, or if the time changes."
)
_MOVED = _l(
    "%(cause)s: the repair takes longer than we promised. The reason: %(reason)s. The new time is"
    " %(due)s. We are sorry."
)
_SOONER = _l("%(cause)s: good news, everything works again sooner, by %(due)s.")
_RESTORED = _l(
    "%(cause)s: repaired on %(at)s. Does it work again? Please tell us by one of the two buttons."
    " If we hear nothing, this appeal closes by itself in ten days."
)
_LINKED = _l(
    "Your fault belongs to a known outage: %(cause)s. Everything works again by %(due)s. We write"
    " as soon as it does, or if the time changes."
)
_STILL_BROKEN = _l("It still does not work.")
_SUBJECT = _l("It does not work: %(cause)s")
_BODY = _l("It does not work at my place either. I follow this outage.")


def update_texts(outage: Outage) -> dict[str, str]:
    """Return how it goes, with the time that is promised: what a specialist begins from."""
    return _each(lambda: _of(outage, _UPDATE, due=deadline(outage.promised_at)))


def moved_texts(outage: Outage, reason: dict[str, str]) -> dict[str, str]:
    """Return that the promised time is another one; `reason` is empty when it is earlier."""
    due = outage.promised_at
    if not any(reason.values()):
        return _each(lambda: _of(outage, _SOONER, due=deadline(due)))
    return _each(lambda: _of(outage, _MOVED, due=deadline(due), reason=in_language(reason)))


def restored_texts(outage: Outage, at: datetime) -> dict[str, str]:
    """Return that it works again since `at`, and the question whether it does."""
    return _each(lambda: _of(outage, _RESTORED, at=day_time(at)))


def linked_text(outage: Outage, language: str) -> str:
    """Return what a customer is told whose fault a specialist links, in `language`."""
    with reading_as(language):
        return _of(outage, _LINKED, due=deadline(outage.promised_at))


def followed_text(outage: Outage, language: str) -> tuple[str, str]:
    """Return subject and text of an appeal that only follows, in `language`."""
    with reading_as(language):
        return _of(outage, _SUBJECT), translate(_BODY)


def still_broken_text(language: str) -> str:
    """Return what a customer says who is asked and answers no, in `language`."""
    with reading_as(language):
        return translate(_STILL_BROKEN)


def _of(outage: Outage, sentence: Marked, **values: str) -> str:
    return translate(sentence, cause=in_language(outage.cause), **values)


def _each(write: Callable[[], str]) -> dict[str, str]:
    written = {}
    for language in LANGUAGES:
        with reading_as(language):
            written[language] = write()
    return written
