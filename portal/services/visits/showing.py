"""An order's visit as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from portal.core.text import ZONE, Marked
from portal.promises.queries import case_of
from portal.promises.standing import Standing, standings
from portal.services.models import Order
from portal.services.states import OrderState
from portal.services.visits.models import Visit
from portal.services.visits.queries import is_worked, last_visit
from portal.services.visits.slots import change_until, is_changeable
from portal.services.visits.states import BADGES, LABELS, OBSTACLES, Obstacle, VisitState


@dataclass(frozen=True)
class VisitCard:
    """The newest visit of an order, or that there is none yet, as of `now`."""

    visit: Visit | None
    standings: list[Standing]
    is_awaited: bool
    is_worked: bool
    now: datetime

    @property
    def is_booked(self) -> bool:
        return self.visit is not None and self.visit.is_booked

    @property
    def may_change(self) -> bool:
        """Say whether the booked visit can still be moved or cancelled."""
        return bool(
            self.visit and self.is_booked and is_changeable(self.visit.starts_at, self.now, ZONE)
        )

    @property
    def may_choose(self) -> bool:
        """Say whether a time is to be chosen: the order waits, and nobody is coming."""
        return self.is_awaited and self.is_worked and not self.is_booked

    @property
    def change_until(self) -> datetime | None:
        return change_until(self.visit.starts_at, ZONE) if self.visit else None

    @property
    def label(self) -> Marked | None:
        return LABELS[VisitState(self.visit.state)] if self.visit else None

    @property
    def badge(self) -> str:
        return BADGES[VisitState(self.visit.state)] if self.visit else ""

    @property
    def obstacle(self) -> Marked | None:
        """Return why it could not be done, in words, or None."""
        return (
            OBSTACLES[Obstacle(self.visit.obstacle)] if self.visit and self.visit.obstacle else None
        )

    @property
    def mark(self) -> str:
        """Return what changes whenever the card does."""
        if self.visit is None:
            return f"-{self.may_choose}"
        return f"{self.visit.id.hex[-8:]}.{self.visit.sequence}{self.may_change}{self.may_choose}"


def card_of(order: Order, now: datetime) -> VisitCard | None:
    """Return the card of an order, or None if no technician comes for it. Three statements."""
    if not order.needs_technician:
        return None
    visit = last_visit(order)
    return VisitCard(
        visit=visit,
        standings=standings(case_of("visit", visit.id).promises, now) if visit else [],
        is_awaited=order.state == OrderState.PENDING,
        is_worked=is_worked(order.account_id),
        now=now,
    )
