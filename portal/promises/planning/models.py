"""Tables of planning: the draft of the next version, and what was put under another one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Model, Versioned


class PromisePlan(Versioned, Model):
    """The draft of the next version of the policy. There is one at most, under a fixed id."""

    __tablename__ = "promise_plan"

    base_version: Mapped[int] = mapped_column(ForeignKey("promise_policy.version"))
    terms: Mapped[list[Any]] = mapped_column(JSONB)
    calendars: Mapped[dict[str, Any]]
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]


class PromiseRebasing(Model):
    """A supervisor's word that what runs counts by another version, and how far it has come.

    It goes by versions, kinds and ids of subjects; `after_...` is the last one done. `changed` and
    `left` count promises; `left` are those that stay under their version.
    """

    __tablename__ = "promise_rebasing"
    __table_args__ = (
        Index(
            "uq_promise_rebasing_running",
            "policy_version",
            unique=True,
            postgresql_where=text("finished_at is null"),
        ),
    )

    policy_version: Mapped[int] = mapped_column(ForeignKey("promise_policy.version"))
    reason: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    after_version: Mapped[int] = mapped_column(default=0)
    after_kind: Mapped[str] = mapped_column(default="")
    after_id: Mapped[UUID | None]
    changed: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise")
