"""Offerings and their prices."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, PauseRule, Requirement
from portal.core.db import Model, Versioned
from portal.core.text import Marked, in_language


class Offering(Model):
    """What the catalogue sells. Texts are {"kk", "ru", "en"}; `position` is its place in the file.

    Empty `cities` or `technologies` mean every one.
    """

    __tablename__ = "offering"
    __table_args__ = (
        CheckConstraint(
            "family in ('internet', 'tv', 'phone', 'security', 'equipment', 'option')",
            name="family_is_known",
        ),
        CheckConstraint("term_months >= 0 and exit_fee >= 0", name="term_is_possible"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    family: Mapped[str]
    position: Mapped[int]
    is_plan: Mapped[bool]
    names: Mapped[dict[str, str]]
    summaries: Mapped[dict[str, str]]
    texts: Mapped[dict[str, str]]
    endings: Mapped[dict[str, str]]
    characteristics: Mapped[dict[str, Any]]
    cities: Mapped[list[str]]
    technologies: Mapped[list[str]]
    needs_technician: Mapped[bool]
    term_months: Mapped[int]
    exit_fee: Mapped[Decimal]
    pause: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    requires: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    excludes: Mapped[list[str]]
    replaces: Mapped[list[str]]
    sold_from: Mapped[date | None]
    sold_until: Mapped[date | None]

    prices: Mapped[list["Price"]] = relationship(
        back_populates="offering", lazy="raise", order_by="Price.valid_from"
    )

    @property
    def name(self) -> str:
        return in_language(self.names)

    @property
    def summary(self) -> str:
        return in_language(self.summaries)

    @property
    def text(self) -> str:
        return in_language(self.texts)

    @property
    def ending(self) -> str:
        """Return what one should know when it ends; often nothing."""
        return in_language(self.endings)

    @property
    def icon(self) -> str:
        return Family(self.family).icon

    @property
    def family_name(self) -> Marked:
        return Family(self.family).label

    @property
    def rule(self) -> OfferingRule:
        """Return what it requires, excludes and replaces."""
        return OfferingRule(
            code=self.code,
            family=Family(self.family),
            is_plan=self.is_plan,
            requires=tuple(_requirement(each) for each in self.requires),
            excludes=frozenset(self.excludes),
            replaces=frozenset(self.replaces),
        )

    @property
    def pause_rule(self) -> PauseRule | None:
        """Return how it may be paused; None: not at all."""
        return (
            PauseRule(**self.pause | {"monthly": Decimal(self.pause["monthly"])})
            if self.pause
            else None
        )

    def is_sold_on(self, day: date) -> bool:
        return (self.sold_from is None or self.sold_from <= day) and (
            self.sold_until is None or day < self.sold_until
        )

    def is_sold_at(self, *, city: str, technology: str) -> bool:
        return (not self.cities or city in self.cities) and (
            not self.technologies or technology in self.technologies
        )


class Price(Model):
    """What an offering costs from `valid_from` until before `valid_until`, VAT included.

    Who connects it in that time pays `promo_monthly` for the first `promo_months`, if set.
    """

    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("monthly >= 0 and one_time >= 0", name="sums_are_not_negative"),
        CheckConstraint("valid_until > valid_from", name="validity_is_a_time"),
        CheckConstraint(
            "(promo_monthly is null) = (promo_months is null)"
            " and promo_monthly >= 0 and promo_months between 1 and 36",
            name="promo_is_whole",
        ),
        Index(
            "uq_price_running",
            "offering_id",
            unique=True,
            postgresql_where=text("valid_until is null"),
        ),
    )

    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"), index=True)
    monthly: Mapped[Decimal]
    one_time: Mapped[Decimal]
    vat_percent: Mapped[Decimal]
    promo_monthly: Mapped[Decimal | None]
    promo_months: Mapped[int | None]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]

    offering: Mapped[Offering] = relationship(back_populates="prices", lazy="raise")


class CatalogueVersion(Model):
    """A release: the whole catalogue as it stood from then on. Nobody changes it afterwards.

    `sheet` is a CatalogueSheet. No author: it came from the command line.
    """

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("number > 0", name="number_counts"),)

    number: Mapped[int] = mapped_column(unique=True)
    released_at: Mapped[datetime]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)

    author: Mapped[User | None] = relationship(lazy="raise")


class OfferingDraft(Versioned, Model):
    """A changed or new offering that waits for the next release.

    `sheet` is an OfferingSheet, `before` the one that stood when the change was begun (None: it
    is new): if another one stands at the release, somebody else changed the offering meanwhile.
    """

    __tablename__ = "offering_draft"
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str]
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]

    author: Mapped[User] = relationship(lazy="raise")


def _requirement(kept: dict[str, Any]) -> Requirement:
    family = kept.get("plan_of")
    return Requirement(frozenset(kept.get("any_of", ())), Family(family) if family else None)
