"""Devices and the tokens by which resolvers know them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, FetchedValue, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, Xid8

LONGEST_NAME = 40
MOST_DEVICES = 20  # of one profile
REVOKED_KEPT = timedelta(days=90)  # A node that was away for longer starts anew.


class Device(Model):
    """A device that asks under a profile, by an address that only it knows.

    `policy_id` is the profile's. Naming and revoking give the row a new place `(xid, seq)` in the
    order of commits, which nodes follow.
    """

    __tablename__ = "parental_device"
    __table_args__ = (
        CheckConstraint("token ~ '^[a-z2-7]{26}$'", name="token_is_a_label"),
        Index("ix_parental_device_xid_seq", "xid", "seq"),
        Index(
            "uq_parental_device_standing",
            "profile_id",
            "name",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    policy_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    xid: Mapped[str] = mapped_column(Xid8, server_default=FetchedValue())
    seq: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    def revoke(self, now: datetime) -> None:
        """Let the token mean nothing from `now` on. A second time changes nothing."""
        self.revoked_at = self.revoked_at or now
