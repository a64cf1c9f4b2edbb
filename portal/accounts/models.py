"""People who sign in, contracts, and what a person may do on a contract."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l

CUSTOMER_IDLE = timedelta(minutes=30)
CUSTOMER_ABSOLUTE = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=15)
STAFF_ABSOLUTE = timedelta(hours=8)
FRESH_PROOF = timedelta(minutes=15)


class Role(StrEnum):
    """What a user is on an account."""

    HOLDER = "holder"
    MANAGER = "manager"
    PARENT = "parent"
    VIEWER = "viewer"


class StaffRole(StrEnum):
    """What a user is at the operator."""

    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    CATALOGUE_MANAGER = "catalogue_manager"
    ADMINISTRATOR = "administrator"
    AGENCY = "agency"


class User(Versioned, Model):
    """A person who signs in. `email` is kept in lower case, `phone` in E.164."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower"),
        CheckConstraint(
            "staff_role in ('specialist', 'supervisor', 'editor', 'catalogue_manager',"
            " 'administrator', 'agency')",
            name="staff_role_is_known",
        ),
        CheckConstraint("language in ('kk', 'ru', 'en')", name="language_is_known"),
        CheckConstraint("theme in ('system', 'light', 'dark')", name="theme_is_known"),
        Index(
            "ix_user_account_staff_role",
            "staff_role",
            postgresql_where=text("staff_role is not null"),
        ),
    )

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="ru")
    theme: Mapped[str] = mapped_column(default="system")
    staff_role: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def is_staff(self) -> bool:
        return self.staff_role is not None

    @property
    def sees_customers(self) -> bool:
        """Whether row-level security shows him the things of customers: an agency sees none."""
        return self.is_staff and self.staff_role != StaffRole.AGENCY


class Account(Versioned, Model):
    """A contract with the operator. `email` is the address on file, to which codes are sent."""

    __tablename__ = "account"

    number: Mapped[str] = mapped_column(unique=True)
    holder_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    balance: Mapped[Decimal] = mapped_column(default=Decimal(0))
    balance_at: Mapped[datetime | None]

    premises: Mapped[list["Premises"]] = relationship(
        back_populates="account", lazy="raise", order_by="Premises.id"
    )

    @property
    def written_number(self) -> str:
        """The number as people read it: `7 1203 4456`."""
        digits = self.number
        if len(digits) == 9:
            return f"{digits[0]}\N{NO-BREAK SPACE}{digits[1:5]}\N{NO-BREAK SPACE}{digits[5:]}"
        return digits


class Premises(Model):
    """A service address of an account."""

    __tablename__ = "premises"
    __table_args__ = (Index("ix_premises_city_district", "city", "district"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    city: Mapped[str]
    district: Mapped[str | None]
    street: Mapped[str]
    technology: Mapped[str] = mapped_column(default="gpon")

    account: Mapped[Account] = relationship(back_populates="premises", lazy="raise")


class Membership(Versioned, Model):
    """What a user may do on an account.

    `spending_limit`: what he may order in a calendar month, in tenge; None: as much as he likes.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "account_id"),
        CheckConstraint(
            "spending_limit >= 0 and (spending_limit is null or role <> 'holder')",
            name="limit_is_possible",
        ),
        CheckConstraint("role in ('holder', 'manager', 'parent', 'viewer')", name="role_is_known"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    spending_limit: Mapped[Decimal | None]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="raise")
    user: Mapped[User] = relationship(lazy="raise")

    def become_holder(self) -> None:
        """Hold the contract from now on, for good: a holder has no limit."""
        self.role = Role.HOLDER
        self.ends_at = self.spending_limit = None

    def limit_spending(self, limit: Decimal | None) -> None:
        """Let him order for `limit` tenge a calendar month; None lifts the limit.

        Raises RuleError if he is the holder, or if it is below zero.
        """
        if self.role == Role.HOLDER:
            raise RuleError(_l("The holder of the contract has no limit."))
        if limit is not None and limit < 0:
            raise RuleError(_l("A limit cannot be below zero."), field="limit")
        self.spending_limit = limit


class UserSession(Model):
    """A device on which somebody is signed in. `token_hash` is the digest of its secret."""

    __tablename__ = "user_session"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    address: Mapped[str | None]
    means: Mapped[str] = mapped_column(default="password")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proven_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")

    def is_over(self, now: datetime, *, for_staff: bool) -> bool:
        """Source: security-checklist 25."""
        idle, absolute = (
            (STAFF_IDLE, STAFF_ABSOLUTE) if for_staff else (CUSTOMER_IDLE, CUSTOMER_ABSOLUTE)
        )
        return (
            self.ended_at is not None
            or now >= self.seen_at + idle
            or now >= self.created_at + absolute
        )

    def is_freshly_proven(self, now: datetime) -> bool:
        return now < self.proven_at + FRESH_PROOF


class OneTimeSecret(Model):
    """A code or a link that was sent to somebody: kept as a digest, used once, not for long.

    `token_hash` is the digest of what names this request (the link's secret, or the joiner's own
    cookie); `code_hash` of the six digits, if there are any. `payload` is what the request asked.
    """

    __tablename__ = "one_time_secret"

    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    payload: Mapped[dict[str, Any]]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


class Identity(Model):
    """A person's sign-in at another provider: (issuer, subject), never an e-mail."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    shown_name: Mapped[str]
    created_at: Mapped[datetime]
