"""The chain of a conversation: nobody changes a message without it showing.

Each link is the hash of the message's author, kind, time and promised date, of its salted text
and its files, and of the link before it. The text itself may be erased by law: its salted hash
stays, and the chain still holds.

Format 1 has the content of files only; format 2 also the label of each, salted like the text:
what a reader is shown of it. Which format a link has is a part of its hash from 2 on.
"""

import hashlib
import json
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

SALT_BYTES = 16
GENESIS = ""
FORMAT = 2  # of new links; older ones keep theirs


@dataclass(frozen=True)
class Link:
    """What a message puts into the chain.

    `files`, `labels`, `body_hash`, `before` and `own` are sha256 in hex; `labels` are those of
    `files`, in the same order, and none in format 1.
    """

    message_id: UUID
    appeal_id: UUID
    position: int
    author: str
    kind: str
    at: datetime
    promised_at: datetime | None
    files: tuple[str, ...]
    body_hash: str
    before: str
    own: str
    format: int = FORMAT
    labels: tuple[str, ...] = ()


def new_salt() -> bytes:
    """Return a salt, so that nobody guesses an erased text from its hash."""
    return secrets.token_bytes(SALT_BYTES)


def body_hash(salt: bytes, body: str) -> str:
    """Return sha256(salt, then the text in UTF-8) in hex."""
    return hashlib.sha256(salt + body.encode()).hexdigest()


def label_hash(salt: bytes, *, content: str, media_type: str, size: int, name: str) -> str:
    """Return the hash of what is shown of a file, in hex; `content`: sha256 of it, in hex.

    The database computes the same in `conversation_kept`.
    """
    return body_hash(salt, f"{content}\n{media_type}\n{size}\n{name}")


def link_hash(link: Link) -> str:
    """Return the hash that a link must carry as its own, in hex."""
    parts: list[object] = [
        str(link.appeal_id),
        str(link.message_id),
        link.position,
        link.author,
        link.kind,
        _written(link.at),
        _written(link.promised_at),
        list(link.files),
        link.body_hash,
        link.before,
    ]
    if link.format > 1:
        parts += [link.format, list(link.labels)]
    written = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _written(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def first_break(links: Iterable[Link]) -> int | None:
    """Return the position of the first link that does not hold, or None if all do.

    `links` come in the order of the conversation, from position 1.
    """
    before = GENESIS
    for place, link in enumerate(links, start=1):
        if link.position != place or link.before != before or link.own != link_hash(link):
            return place
        before = link.own
    return None


def short(head: str) -> str:
    """Return the head in groups of four that a person can compare: the first 16 characters."""
    return " ".join(head[start : start + 4] for start in range(0, 16, 4))


def read_short(typed: str) -> str:
    """Return the figures of a head that somebody typed, or nothing if it cannot be one."""
    figures = "".join(typed.lower().split())
    is_head = 16 <= len(figures) <= 64 and all(figure in string.hexdigits for figure in figures)
    return figures if is_head else ""
