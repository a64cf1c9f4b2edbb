"""Who reads a conversation now, and who types: both sides of it show that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.appeals.actions.saying import Speaker
from portal.appeals.models import Appeal, Presence
from portal.appeals.states import Author
from portal.core import clock, db, ids
from portal.core.db import session

# A page asks every 2 to 15 seconds; a beat is written once in 5 at most.
BEAT = timedelta(seconds=5)
PRESENT_FOR = timedelta(seconds=25)
TYPING_FOR = timedelta(seconds=8)
_OLD = timedelta(hours=1)


def note_presence(
    appeal: Appeal, *, author: Author, user: User | None, name: str = "", is_typing: bool = False
) -> None:
    """Write down that somebody has this conversation open, and whether he types just now.

    Survives a GET. `user` is None for a customer who came by his receipt: he goes by `name`. The
    transaction of the page must see the appeal already; what it named to row-level security is
    named again. Nothing is written when the last beat is not yet 5 seconds old and says the same.
    """
    now = clock.now()
    row = {
        "appeal_id": appeal.id,
        "author": author,
        "person_id": user.id if user else None,
        "name": (Speaker(author, user).signature or name)[:120],
        "seen_at": now,
        "typed_at": now if is_typing else None,
    }
    beat = insert(Presence).values(id=ids.uuid7(), **row)
    changed = Presence.typed_at.is_distinct_from(beat.excluded.typed_at)
    with db.separately(**session.info.get("scope", {})) as own:
        own.execute(
            beat.on_conflict_do_update(
                constraint="uq_appeal_presence_appeal_id_author_person_id",
                set_={"seen_at": now, "typed_at": beat.excluded.typed_at, "name": row["name"]},
                where=or_(Presence.seen_at < now - BEAT, changed),
            )
        )


def present(
    appeal: Appeal, *, now: datetime, but: UUID | None = None, author: Author | None = None
) -> Sequence[Presence]:
    """Return who has the conversation open at `now`, by name; `but` leaves a user out.

    `author`: only that side. One statement. `is_typing(presence, now)` tells who types.
    """
    query = select(Presence).where(
        Presence.appeal_id == appeal.id, Presence.seen_at > now - PRESENT_FOR
    )
    if but:
        query = query.where(Presence.person_id.is_distinct_from(but))
    if author:
        query = query.where(Presence.author == author)
    return session.scalars(query.order_by(Presence.name, Presence.id)).all()


def is_typing(presence: Presence, now: datetime) -> bool:
    """Tell whether somebody who is present typed within the last seconds."""
    return presence.typed_at is not None and presence.typed_at > now - TYPING_FOR


def drop_old_presence() -> None:
    """Forget who was there an hour ago. For the worker."""
    session.execute(delete(Presence).where(Presence.seen_at < clock.now() - _OLD))
