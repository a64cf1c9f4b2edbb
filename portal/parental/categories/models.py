"""What the sources of the categories hold, and the releases that were made of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model


class CategorySource(Model):
    """A list of sites for one entry of the registry, as it was read last.

    `source` is the file or the address that the registry names, or IMPORTED and a file's name.
    `names` are packed by buckets.pack_names, `refused` counts its lines that can't be taken,
    `samples` are the first of them: [line, text, message, values]. `fault` is why the last look
    brought nothing, [message, values]: the names of before stay.
    """

    __tablename__ = "category_source"
    __table_args__ = (UniqueConstraint("code", "source"),)

    code: Mapped[str]
    source: Mapped[str]
    names: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    count: Mapped[int]
    refused: Mapped[int]
    samples: Mapped[list[Any]] = mapped_column(JSONB)
    fault: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    etag: Mapped[str]
    last_modified: Mapped[str]
    checked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CategoryRelease(Model):
    """The names of all categories at one time; without a number it is the draft.

    `buckets` are the digests of its buckets in their order; None: too old to go back to.
    `counts` are names by code, `difference` what it changes beside the release `base` (0: none),
    `blocked` the well-known sites that it would close: [site, entry, codes].
    `restores` is the number of the release whose names it brings back.
    """

    __tablename__ = "category_release"
    __table_args__ = (
        CheckConstraint(
            "(number is null) = (released_at is null) and number > 0", name="number_is_of_released"
        ),
        Index(
            "uq_category_release_draft",
            text("(number is null)"),
            unique=True,
            postgresql_where=text("number is null"),
        ),
    )

    number: Mapped[int | None] = mapped_column(unique=True)
    base: Mapped[int]
    restores: Mapped[int | None]
    buckets: Mapped[list[bytes] | None] = mapped_column(ARRAY(LargeBinary), deferred=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    difference: Mapped[dict[str, Any]]
    blocked: Mapped[list[Any]] = mapped_column(JSONB)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    author: Mapped[User | None] = relationship(lazy="raise")

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def names(self) -> int:
        """How many names it closes something by; a name of two codes counts twice."""
        return sum(self.counts.values())


category_bucket = Table(
    "category_bucket",
    Model.metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)
"""The 256th part of a release's names, under the sha256 of what it says (buckets.py)."""

category_in_force = Table(
    "category_in_force",
    Model.metadata,
    Column("node", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("loading", Integer, nullable=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
"""Which release each resolver host holds (0: none), and which one it is loading over it."""
