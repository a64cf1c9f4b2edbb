"""Who reads a newsletter, and what he agreed to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Model
from portal.news.models.issues import Newsletter

CHANNEL_IS_KNOWN = "channel in ('email')"


class Channel(StrEnum):
    """How an issue reaches a reader."""

    EMAIL = "email"


class Reader(Model):
    """Somebody who wants a newsletter by a channel. To end it is to delete the row."""

    __tablename__ = "newsletter_reader"
    __table_args__ = (
        UniqueConstraint("newsletter_id", "channel", "user_id"),
        CheckConstraint(CHANNEL_IS_KNOWN, name="channel_is_known"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    newsletter_id: Mapped[UUID] = mapped_column(ForeignKey("newsletter.id"))
    channel: Mapped[str]
    since_at: Mapped[datetime]


class UnsubscribeToken(Model):
    """What the secret of an unsubscribe link stands for. It never wears out."""

    __tablename__ = "unsubscribe_token"
    __table_args__ = (CheckConstraint(CHANNEL_IS_KNOWN, name="channel_is_known"),)

    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    newsletter_id: Mapped[UUID] = mapped_column(ForeignKey("newsletter.id"))
    channel: Mapped[str]

    newsletter: Mapped[Newsletter] = relationship(lazy="raise")


class Consent(Model):
    """A line of the ledger: who agreed to what, or took it back, when and where."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_user_id_created_at", "user_id", "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    purpose: Mapped[str]
    channel: Mapped[str]
    is_given: Mapped[bool]
    source: Mapped[str]
    created_at: Mapped[datetime]


class Suppression(Model):
    """An address (its digest) to which nothing more is sent, because it refuses for ever."""

    __tablename__ = "suppression"

    address_hash: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
