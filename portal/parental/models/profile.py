"""Profiles and their saved versions."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, Versioned
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.settings import ProfileSettings

LONGEST_PAUSE_HOURS = 24
LONGEST_BONUS_HOURS = 3
LISTS_KEPT = timedelta(days=90)  # Source: parental-control.md, "The option is a service"
HISTORY_KEPT = LISTS_KEPT
MOST_CHILDREN = 10
LONGEST_NAME = 40
HOME = "home"
CHILD = "child"


class Profile(Versioned, Model):
    """The rules of access of the whole home, or of one child.

    `policy_id` is the number under which resolvers keep it. It is enforced while the account has
    the Parental control option and this does not rest; `ended_at` is when the option ended.
    `last_version` is the number of its newest saved version; `preset` the age preset it began
    with, if any. Since `names_since` the names that were closed are kept; None: none are.
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
    bonus_until: Mapped[datetime | None]
    stored_settings: Mapped[dict[str, Any]] = mapped_column("settings", JSONB, default=dict)
    preset: Mapped[str | None]
    names_since: Mapped[datetime | None]
    last_version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @property
    def is_home(self) -> bool:
        return self.kind == HOME

    @property
    def next_version(self) -> int:
        """The number of the version that the act in hand saves."""
        return self.last_version + 1

    @property
    def settings(self) -> ProfileSettings:
        return ProfileSettings.from_json(self.stored_settings)

    @settings.setter
    def settings(self, settings: ProfileSettings) -> None:
        self.stored_settings = settings.to_json()

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def has_bonus(self, now: datetime) -> bool:
        return self.bonus_until is not None and now < self.bonus_until

    @property
    def lists_kept_until(self) -> datetime | None:
        return self.ended_at + LISTS_KEPT if self.ended_at else None

    def is_over(self, now: datetime) -> bool:
        """Whether it was removed, or its option ended, longer ago than lists are kept."""
        ends = (self.removed_at, None if self.is_enforced else self.ended_at)
        return any(end is not None and end < now - LISTS_KEPT for end in ends)

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

    def give_bonus(self, *, hours: int, now: datetime) -> None:
        """Suspend bedtime and times of the week for `hours` from `now`, or add to what is left.

        Raises RuleError if more than LONGEST_BONUS_HOURS from `now` would be open.
        """
        begins = max(self.bonus_until or now, now)
        until = begins + timedelta(hours=hours)
        if hours < 1 or until > now + timedelta(hours=LONGEST_BONUS_HOURS):
            raise RuleError(
                _l("At most %(most)s more hours can be given at once."), most=LONGEST_BONUS_HOURS
            )
        self.bonus_until = until

    def end_bonus(self, *, now: datetime) -> None:
        """Let bedtime and times of the week count again. Raises RuleError without a bonus."""
        if not self.has_bonus(now):
            raise RuleError(_l("There is no extra hour now; the schedule applies as usual."))
        self.bonus_until = None


class SavedVersion(Model):
    """One saved version of a profile: who saved what, and the settings as they then were.

    The rules of version n are those with `added_in` <= n < `removed_in` (Rule). `act` names what
    was done (`portal.parental.history`), `values` are the words of its sentence.
    """

    __tablename__ = "parental_version"
    __table_args__ = (Index("uq_parental_version_number", "profile_id", "number", unique=True),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("parental_profile.id"))
    number: Mapped[int]
    act: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    by_name: Mapped[str] = mapped_column(default="")
    stored_settings: Mapped[dict[str, Any]] = mapped_column("settings", JSONB)
    saved_at: Mapped[datetime]

    @property
    def settings(self) -> ProfileSettings:
        return ProfileSettings.from_json(self.stored_settings)
