"""The rules of a profile's lists, and lists that wait to be taken over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model
from portal.parental.sites import Action, Site, shown_name

UNDO_TIME = timedelta(minutes=10)
IMPORT_KEPT = timedelta(hours=24)
LONGEST_NOTE = 120


class Rule(Model):
    """One site of a list. `site` is in A-labels.

    A rule stands in the saved versions from `added_in` until before `removed_in`; nothing of it
    changes in between, so that every version can be told. With `in_windows` it counts only in
    times of the week that close the own list.
    """

    __tablename__ = "parental_rule"
    __table_args__ = (
        CheckConstraint("action in ('block', 'allow')", name="action_is_known"),
        CheckConstraint(
            "site = lower(site) and length(site) between 3 and 253", name="site_is_name"
        ),
        Index(
            "uq_parental_rule_standing",
            "profile_id",
            "site",
            "action",
            "subdomains_only",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
        Index(
            "ix_parental_rule_list",
            "profile_id",
            "action",
            "id",
            postgresql_where=text("removed_at is null"),
        ),
        CheckConstraint("(removed_at is null) = (removed_in is null)", name="removed_is_whole"),
        Index("ix_parental_rule_versions", "profile_id", "removed_in"),
        Index(
            "ix_parental_rule_expires_at",
            "expires_at",
            postgresql_where=text("removed_at is null and expires_at is not null"),
        ),
        Index(
            "ix_parental_rule_removed_at",
            "removed_at",
            postgresql_where=text("removed_at is not null"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    site: Mapped[str]
    subdomains_only: Mapped[bool] = mapped_column(default=False)
    action: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    in_windows: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None]
    added_in: Mapped[int] = mapped_column(default=0)
    removed_in: Mapped[int | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @property
    def shown(self) -> str:
        """The site as people read it, with its star."""
        return ("*." if self.subdomains_only else "") + shown_name(self.site)

    @property
    def is_block(self) -> bool:
        return self.action == Action.BLOCK

    def can_return(self, now: datetime) -> bool:
        return self.removed_at is not None and now < self.removed_at + UNDO_TIME

    def remove(self, *, version: int, now: datetime) -> None:
        """Let the rule stand no more from saved version `version` on."""
        self.removed_at, self.removed_in = now, version

    def copy(self, *, version: int, now: datetime) -> "Rule":
        """Return a rule that says the same and stands from saved version `version` on."""
        return Rule(
            account_id=self.account_id,
            profile_id=self.profile_id,
            site=self.site,
            subdomains_only=self.subdomains_only,
            action=self.action,
            note=self.note,
            in_windows=self.in_windows,
            expires_at=self.expires_at,
            created_at=now,
            added_in=version,
        )

    def means(self, site: Site) -> bool:
        return self.site == site.name and self.subdomains_only == site.subdomains_only


class ListImport(Model):
    """A list that somebody wants to take over: what it would add, before he agrees.

    A long list is read by the worker: until then `is_being_read`, with `lines_read` of `lines`.
    `content` is its text, kept for the newest list of a profile until it is taken over, so that it
    can be read in another way. `written_as` is the format that the reader named, `format` the one
    that was read. `fault` is why the whole list is refused: [message, values].

    `added` are [site, subdomains_only, action, note, expires, in_windows]; `fates` count what
    becomes of each entry; `samples` show the first of each kind: [line, site] or
    [line, text, message, values]. `version` is the saved version that took the list over.
    """

    __tablename__ = "parental_import"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    action: Mapped[str]
    source: Mapped[str]
    added: Mapped[list[Any]] = mapped_column(JSONB)
    fates: Mapped[dict[str, int]] = mapped_column(JSONB)
    samples: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total: Mapped[int]
    is_being_read: Mapped[bool] = mapped_column(default=False)
    written_as: Mapped[str | None]
    format: Mapped[str | None]
    content: Mapped[str | None] = mapped_column(Text, deferred=True)
    lines: Mapped[int] = mapped_column(default=0)
    lines_read: Mapped[int] = mapped_column(default=0)
    fault: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    @property
    def undo_until(self) -> datetime | None:
        """When the undo ends; None if there is nothing to undo (any more)."""
        if self.confirmed_at is None or self.version is None or self.undone_at is not None:
            return None
        return self.confirmed_at + IMPORT_KEPT

    def can_be_undone(self, now: datetime) -> bool:
        return self.undo_until is not None and now < self.undo_until
