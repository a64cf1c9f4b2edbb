"""What the portal tells a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class Notification(Model):
    """One row of a person's inbox; its words are made when it is read, in the reader's language.

    `values` fill the places of the kind's sentences, as `values.py` writes them.
    """

    __tablename__ = "notification"
    __table_args__ = (
        CheckConstraint(r"link ~ '^/($|[^/\\])'", name="link_is_ours"),
        Index("ix_notification_user_id_created_at_id", "user_id", "created_at", "id"),
        Index(
            "ix_notification_unread",
            "user_id",
            "created_at",
            "id",
            postgresql_where=text("read_at is null"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    link: Mapped[str]
    values: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
