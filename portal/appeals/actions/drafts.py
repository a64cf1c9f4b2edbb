"""Drafts: what is written and not sent, with its files, one per request."""

import hashlib
import io
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from sqlalchemy import func, select

from portal.appeals import queries
from portal.appeals.models import MOST_FILES, Attachment, Draft
from portal.core import clock, files, ids, throttle
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l

FILES_A_DAY = 100
DRAFTS_LIVE = timedelta(days=30)


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


def attach_file(draft: Draft, *, stream: IO[bytes], name: str) -> Attachment:
    """Keep a file with a draft.

    Raises RuleError (field `file`) for a wrong type, too large a file, or more than 10 files;
    ThrottledError beyond 100 files a day from the same writer.
    Source: security-checklist 32.
    """
    throttle.hit(
        f"files:{draft.user_id or draft.secret_hash}", limit=FILES_A_DAY, window=timedelta(days=1)
    )
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
    return _keep(draft, files.accept(stream, name))


def attach_bytes(draft: Draft, content: bytes, *, name: str) -> Attachment:
    """Keep a file that came as a whole, e.g. by e-mail, as `attach_file` does."""
    return attach_file(draft, stream=io.BytesIO(content), name=name)


def attach_text(draft: Draft, text: str, *, name: str) -> Attachment:
    """Keep a text of ours, which is too long for a message, as a file of a draft."""
    return _keep(draft, files.Accepted(name, "text/plain", text.encode()))


def detach_file(draft: Draft, attachment_id: UUID) -> None:
    """Remove a file from a draft. Raises NotFoundError if the draft has it not."""
    for kept in draft.attachments:
        if kept.id == attachment_id:
            session.delete(kept)
            files.forget(kept.key)
            return
    raise NotFoundError


def drop_old_drafts(*, most: int) -> int:
    """Throw away drafts that nobody touched for 30 days, with their files; return how many."""
    old = queries.drafts_before(clock.now() - DRAFTS_LIVE, most=most)
    for draft in old:
        for kept in draft.attachments:
            session.delete(kept)
            files.forget(kept.key)
        session.flush()  # The files point to the draft.
        session.delete(draft)
    return len(old)


def _keep(draft: Draft, accepted: files.Accepted) -> Attachment:
    kept = Attachment(
        draft_id=draft.id,
        name=accepted.name,
        media_type=accepted.media_type,
        size=len(accepted.content),
        sha256=hashlib.sha256(accepted.content).hexdigest(),
        key=files.keep(accepted.content),
        created_at=clock.now(),
    )
    session.add(kept)
    return kept
