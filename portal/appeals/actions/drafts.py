"""Drafts: what is written and not sent, with its files, one per request."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.appeals import queries
from portal.appeals.models import MOST_FILES, Attachment, Draft
from portal.core import clock, files, ids, scanning, throttle
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError, ThrottledError
from portal.core.text import _l

DRAFTS_LIVE = timedelta(days=30)
DRAFTS_OF_STRANGERS_LIVE = timedelta(days=2)
A_DAY = timedelta(days=1)
_STRANGERS = "strangers"


@dataclass(frozen=True)
class Quota:
    """What somebody may attach within a day: how many files, and how many KiB of them."""

    files: int
    kib: int


OF_USERS = Quota(files=100, kib=1024 * 1024)
OF_ADDRESSES = Quota(files=40, kib=300 * 1024)
OF_ALL_STRANGERS = Quota(files=20_000, kib=10 * 1024 * 1024)


def save_draft(
    draft: Draft | None,
    *,
    content: dict[str, Any],
    account_id: UUID | None = None,
    user_id: UUID | None = None,
    secret_hash: str | None = None,
    appeal_id: UUID | None = None,
) -> Draft:
    """Keep what was typed, in a new row or in the given one."""
    if draft is None:
        draft = Draft(
            id=ids.uuid7(),
            account_id=account_id,
            user_id=user_id,
            secret_hash=secret_hash,
            appeal_id=appeal_id,
            attachments=[],
        )
        session.add(draft)
    draft.content, draft.saved_at = content, clock.now()
    return draft


def attach_file(draft: Draft, *, stream: IO[bytes], name: str, sender: str = "") -> Attachment:
    """Keep a file with a draft.

    `sender`: from where it comes, if nobody signed in; strangers share a quota, besides.
    Raises RuleError (field `file`) for a wrong type, a virus, too large a file, more than 10 files,
    and beyond what may be sent within a day.
    Source: security-checklist 32.
    """
    session.execute(select(Draft.id).where(Draft.id == draft.id).with_for_update())
    count = session.scalar(
        select(func.count()).select_from(Attachment).where(Attachment.draft_id == draft.id)
    )
    if (count or 0) >= MOST_FILES:
        raise RuleError(
            _l("%(most)s files are the most. Remove one to add another."),
            field="file",
            most=MOST_FILES,
        )
    accepted = files.accept(stream, name)
    _use_up(draft, sender, len(accepted.content))
    return _keep(draft, accepted, is_scanned=scanning.is_clean(accepted.content))


def attach_bytes(draft: Draft, content: bytes, *, name: str, sender: str) -> Attachment:
    """Keep a file that came as a whole, e.g. by e-mail, as `attach_file` does."""
    return attach_file(draft, stream=io.BytesIO(content), name=name, sender=sender)


def attach_text(draft: Draft, text: str, *, name: str) -> Attachment:
    """Keep a text of ours, which is too long for a message, as a file of a draft."""
    return _keep(draft, files.Accepted(name, "text/plain", text.encode()), is_scanned=True)


@contextmanager
def enclosed(uploads: Sequence[tuple[str, IO[bytes]]], *, by: User) -> Iterator[Draft | None]:
    """Keep what a specialist sends with his words, (name, stream) each, in a draft; None for none.

    What is written within may use it up. Raises RuleError as `attach_file` does; after any refusal
    nothing of it stays on the disk.
    """
    if not uploads:
        yield None
        return
    keys: list[str] = []
    draft = save_draft(None, content={}, user_id=by.id)
    session.flush()  # The files point to the draft.
    try:
        for name, stream in uploads:
            keys.append(attach_file(draft, stream=stream, name=name).key)
        session.flush()
        session.refresh(draft, ["attachments"])
        yield draft
    except RuleError:
        for key in keys:
            files.forget(key)
        raise


def detach_file(draft: Draft, attachment_id: UUID) -> None:
    """Remove a file from a draft. Raises NotFoundError if the draft has it not."""
    for kept in draft.attachments:
        if kept.id == attachment_id:
            session.delete(kept)
            files.forget(kept.key)
            return
    raise NotFoundError


def drop_old_drafts(*, most: int) -> int:
    """Throw away drafts that nobody touched, with their files; return how many.

    That is 30 days for who signed in, and 2 days for strangers.
    """
    now = clock.now()
    old = queries.drafts_before(now - DRAFTS_LIVE, now - DRAFTS_OF_STRANGERS_LIVE, most=most)
    for draft in old:
        for kept in draft.attachments:
            session.delete(kept)
            files.forget(kept.key)
        session.flush()  # The files point to the draft.
        session.delete(draft)
    return len(old)


def _use_up(draft: Draft, sender: str, size: int) -> None:
    """Count a file of `size` bytes. Raises RuleError beyond what may be sent within a day."""
    shares = {str(draft.user_id): OF_USERS}
    if draft.user_id is None:
        shares = {sender: OF_ADDRESSES, _STRANGERS: OF_ALL_STRANGERS}
    try:
        for who, most in shares.items():
            throttle.hit(f"files:{who}", limit=most.files, window=A_DAY)
            throttle.hit(f"kib:{who}", limit=most.kib, window=A_DAY, times=size // 1024 + 1)
    except ThrottledError as too_much:
        raise RuleError(
            _l("Very many files came from here today. Send your text without this one."),
            field="file",
        ) from too_much


def _keep(draft: Draft, accepted: files.Accepted, *, is_scanned: bool) -> Attachment:
    kept = Attachment(
        draft_id=draft.id,
        name=accepted.name,
        media_type=accepted.media_type,
        size=len(accepted.content),
        sha256=hashlib.sha256(accepted.content).hexdigest(),
        key=files.keep(accepted.content),
        created_at=clock.now(),
        is_scanned=is_scanned,
    )
    session.add(kept)
    return kept
