"""Leave a newsletter by e-mail: what is written to the address of List-Unsubscribe."""

import re
from email.errors import MessageError
from email.parser import BytesHeaderParser
from email.policy import default

from portal.core.db import digest, transaction
from portal.core.errors import NotFoundError
from portal.news import actions, queries

_NAMES_NONE = "no newsletter named"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST = 500  # letters of a subject; the library needs the square of their number


def leave_by(letter: bytes) -> str:
    """End the newsletter whose secret stands in the subject of a letter; say what became of it.

    Commits. A letter that names none is taken and changes nothing, for nobody reads an answer.
    """
    found = _TOKEN.search(_subject_of(letter))
    if not found:
        return _NAMES_NONE
    with transaction(token=digest(found[0])):
        return _end(found[0])


def _subject_of(letter: bytes) -> str:
    try:
        raw = str(BytesHeaderParser().parsebytes(letter)["Subject"] or "")
        return str(default.header_fetch_parse("Subject", raw[:_LONGEST]))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        return ""  # What the library raises for headers that are none.


def _end(token: str) -> str:
    try:
        behind = queries.subscription_behind(token)
    except NotFoundError:
        return _NAMES_NONE
    actions.unsubscribe_by(behind, source="email")
    return "ended"
