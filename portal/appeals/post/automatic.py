"""Letters that no person wrote, and our own: they are written down, never answered, never filed.

Source: RFC 3834 (automatic responses), RFC 3464 (reports of delivery), RFC 2919 (lists).
"""

import re
from collections.abc import Callable
from enum import StrEnum

from portal.appeals.post.reading import Incoming

_MOST_HOPS = 40
_ROBOTS = {"mailer-daemon", "postmaster", "mail-daemon", "mdaemon"}
_SAYS_SO = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-response",
    "x-mail-autoreply",
)
_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
_SUBJECT = re.compile(
    r"^(?:auto(?:matic)?[- ]?reply|out of (?:the )?office|автоответ|автоматический ответ|"
    r"автоматты жауап|undeliver(?:ed|able)|delivery status notification|mail delivery failed)\s*:",
    re.IGNORECASE,
)  # With a colon: people, too, begin a subject with these words.


class Reason(StrEnum):
    """Why a letter is not a customer's."""

    OWN = "own"
    LOOP = "loop"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    LIST = "list"


def reason(
    letter: Incoming,
    *,
    envelope_sender: str,
    our_addresses: set[str],
    is_ours: Callable[[str], bool],
) -> Reason | None:
    """Return why this letter is neither answered nor filed, or None for a person's.

    `is_ours` tells of a Message-ID whether we have given it. An empty envelope sender means that
    nobody is to be answered.
    """
    if letter.sender in our_addresses or is_ours(letter.message_id):
        return Reason.OWN
    if _goes_round(letter, our_addresses):
        return Reason.LOOP
    if _is_bounce(letter, envelope_sender):
        return Reason.BOUNCE
    if _is_automatic(letter):
        return Reason.AUTOMATIC
    is_list = letter.all("list-id") or letter.all("list-unsubscribe")
    return Reason.LIST if is_list else None


def _goes_round(letter: Incoming, our_addresses: set[str]) -> bool:
    """Tell a loop by our own mark. Delivered-To is none: a mailbox that forwards to us adds it."""
    been = {value.lower() for value in letter.all("x-loop")}
    return bool(been & our_addresses) or len(letter.all("received")) > _MOST_HOPS


def _is_bounce(letter: Incoming, envelope_sender: str) -> bool:
    is_report = letter.content_type == "multipart/report" or bool(letter.report_type)
    is_robot = letter.sender.partition("@")[0] in _ROBOTS
    return not envelope_sender.strip("<> ") or is_report or is_robot


def _is_automatic(letter: Incoming) -> bool:
    says = letter.first("auto-submitted").partition(";")[0].strip().lower()
    return (
        says not in {"", "no"}
        or any(letter.all(name) for name in _SAYS_SO)
        or letter.first("precedence").lower() in _PRECEDENCE
        or bool(_SUBJECT.match(letter.subject))
    )
