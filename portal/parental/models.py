"""Profiles, their rules, and the log from which resolvers learn what is in force."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import CIDR, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, Versioned, Xid8
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.sites import Action, Site, shown_name

LONGEST_PAUSE_HOURS = 24
LISTS_KEPT = timedelta(days=90)  # Source: parental-control.md, "The option is a service"
UNDO_TIME = timedelta(minutes=10)
IMPORT_KEPT = timedelta(hours=24)
LONGEST_NOTE = 120
HOME = "home"
CHILD = "child"


class Profile(Versioned, Model):
    """The rules of access of the whole home (or, later, of one child).

    `policy_id` is the number under which resolvers keep it. It is enforced while the account has
    the Parental control option; `ended_at` is when the option ended.
    """

    __tablename__ = "parental_profile"
    __table_args__ = (
        CheckConstraint("kind in ('home', 'child')", name="kind_is_known"),
        Index(
            "uq_parental_profile_home",
            "account_id",
            unique=True,
            postgresql_where=text("kind = 'home'"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(default=HOME)
    name: Mapped[str] = mapped_column(default="")
    policy_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    is_enforced: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    created_at: Mapped[datetime]

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    @property
    def lists_kept_until(self) -> datetime | None:
        return self.ended_at + LISTS_KEPT if self.ended_at else None

    def pause(self, *, hours: int, now: datetime) -> None:
        """Close the internet for whole `hours` from `now`; it returns by itself.

        Raises RuleError if already paused, or if `hours` is not 1 to LONGEST_PAUSE_HOURS.
        """
        if self.is_paused(now):
            raise RuleError(_l("The internet is already paused."))
        if not 1 <= hours <= LONGEST_PAUSE_HOURS:
            raise RuleError(
                _l("Choose a pause of 1 to %(most)s hours."),
                field="hours",
                most=LONGEST_PAUSE_HOURS,
            )
        self.paused_until = now + timedelta(hours=hours)

    def resume(self, *, now: datetime) -> None:
        """Open the internet before the pause ends. Raises RuleError if it is not paused."""
        if not self.is_paused(now):
            raise RuleError(_l("The internet is not paused; the rules apply as usual."))
        self.paused_until = None


class Rule(Model):
    """One site of a list. `site` is in A-labels; a removed rule waits for its undo."""

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
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    site: Mapped[str]
    subdomains_only: Mapped[bool] = mapped_column(default=False)
    action: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
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

    def means(self, site: Site) -> bool:
        return self.site == site.name and self.subdomains_only == site.subdomains_only


class ListImport(Model):
    """A list that somebody wants to take over: what it would add, before he agrees.

    `added` are [site, subdomains_only, action]; `fates` count what becomes of each entry;
    `samples` show the first of each kind: [line, site] or [line, text, message, values].
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
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


_INSTANT = DateTime(timezone=True)

policy_log = Table(
    "policy_log",
    Model.metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("policy_id", BigInteger, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("created_at", _INSTANT, nullable=False, server_default=text("clock_timestamp()")),
    Index("ix_policy_log_xid_seq", "xid", "seq"),
    Index("ix_policy_log_policy_id_seq", "policy_id", "seq"),
)
"""One row for each save. An empty blob means: nothing is enforced."""

lease = Table(
    "lease",
    Model.metadata,
    Column("prefix", CIDR, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=True, index=True),
    Column("policy_id", BigInteger, nullable=True),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("seq", BigInteger, nullable=False, server_default=text("nextval('lease_seq')")),
    Column("from_at", _INSTANT, nullable=False),
    Column("session", String, nullable=True),
    Column("nas", String, nullable=True, index=True),
    Column("event_at", _INSTANT, nullable=True),
    Column("ended_at", _INSTANT, nullable=True),
    CheckConstraint(
        "(family(prefix) = 4 and masklen(prefix) = 32)"
        " or (family(prefix) = 6 and masklen(prefix) = 56)",
        name="is_one_home",
    ),
    Index("ix_lease_xid_seq", "xid", "seq"),
)
"""Who is behind an address, and by which session of which access server (NAS) we know it.

Each change of the policy gives a row a new place in the commit order. A session that ended stays
as a row without an account, so that its late packets are known as late.
"""

dns_node = Table(
    "dns_node",
    Model.metadata,
    Column("name", String, primary_key=True),
    Column("applied_xid", Xid8, nullable=False),
    Column("applied_seq", BigInteger, nullable=False),
    Column("seen_at", _INSTANT, nullable=False),
)
"""Each resolver host, and up to where it has applied the log."""

policy_in_force = Table(
    "policy_in_force",
    Model.metadata,
    Column("node", String, primary_key=True),
    Column("policy_id", BigInteger, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("seq", BigInteger, nullable=False),
    Column("applied_at", _INSTANT, nullable=False),
)
"""The save that a resolver host applied last, for the proof."""
