"""What became of a visit: the technician's result, or the operator's broken promise."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from portal.accounts.models import User
from portal.core import audit, clock, events
from portal.core.errors import RuleError
from portal.core.text import _l, local
from portal.events import VisitDone
from portal.promises.fold import Happening
from portal.services.actions.charging import compensate
from portal.services.actions.completion import fail
from portal.services.actions.orders import finish_visit
from portal.services.causes import CompensationCause
from portal.services.models import Order
from portal.services.queries import locked_order
from portal.services.states import OrderState
from portal.services.visits.actions.telling import promise, tell
from portal.services.visits.models import Visit
from portal.services.visits.queries import booked_visit, locked_visit
from portal.services.visits.slots import result_due_at
from portal.services.visits.states import Obstacle, VisitState


@dataclass(frozen=True)
class Finding:
    """What is said of a visit: how it ended, when the technician came, and why it was in vain.

    `arrived_at` is needed but for `missed`, `obstacle` for `impossible`.
    """

    result: VisitState
    arrived_at: datetime | None = None
    obstacle: Obstacle | None = None
    words: str = ""


def record_result(visit: Visit, finding: Finding, *, compensation: Decimal, by: User) -> None:
    """Write down how a visit ended, and let its order go on.

    Done: activation starts. Nobody at home: the order waits, the customer chooses again.
    Impossible: the order fails, specialists and customer are told. Missed: the promise is broken,
    and `compensation` (tenge) is credited once.
    Records `services.visit_ended`. Raises RuleError if the visit has ended, or for a time of
    arrival that cannot be.
    """
    order = locked_order(Order.id == visit.order_id)
    visit = locked_visit(order, visit.id)
    _check(visit, order, finding)
    _end(visit, order, finding, by=by)
    _FOLLOWING[finding.result](visit, order, compensation)


def finish_order_visit(number: str) -> None:
    """Note that the technician is done at the address of an order, whether it has a visit or not.

    Raises NotFoundError for an unknown number, RuleError if the order does not wait for one.
    """
    order = locked_order(Order.number == number)
    if visit := booked_visit(order):
        visit.arrived_at = clock.now()
        visit.go(VisitState.DONE, now=clock.now())
        promise(visit, Happening.ARRIVED)
        _publish_done(visit, order)
    finish_visit(number)


def _publish_done(visit: Visit, order: Order) -> None:
    events.publish(VisitDone(visit.account_id, visit.id, order.number, visit.booked_by_id))


def miss_overdue(order_id: UUID, *, compensation: Decimal) -> bool:
    """Break the promise of a visit of which nobody told a result in time; say whether it was so.

    Source: services.md, "Visits".
    """
    now = clock.now()
    order = locked_order(Order.id == order_id)
    visit = booked_visit(order)
    if visit is None or now < result_due_at(visit.ends_at):
        return False
    _end(visit, order, Finding(VisitState.MISSED))
    _follow_missed(visit, order, compensation)
    return True


def _check(visit: Visit, order: Order, finding: Finding) -> None:
    if visit.state == VisitState.MISSED and booked_visit(order):
        raise RuleError(_l("A new visit is booked: write the result there."))
    if finding.result is VisitState.MISSED:
        return
    if finding.arrived_at is None:
        raise RuleError(_l("Write when the technician came."), field="arrived_at")
    is_his_day = local(finding.arrived_at).date() == local(visit.starts_at).date()
    if not is_his_day or finding.arrived_at > clock.now():
        raise RuleError(
            _l("The technician came on the day of the visit, and not later than now."),
            field="arrived_at",
        )
    if finding.result is VisitState.IMPOSSIBLE and finding.obstacle is None:
        raise RuleError(_l("Choose why it could not be done."), field="obstacle")


def _end(visit: Visit, order: Order, finding: Finding, by: User | None = None) -> None:
    was_missed = visit.state == VisitState.MISSED
    visit.go(finding.result, now=clock.now(), by=by.id if by else None)
    visit.arrived_at, visit.words = finding.arrived_at, finding.words or None
    if finding.result is VisitState.IMPOSSIBLE and finding.obstacle:
        visit.obstacle = finding.obstacle.value
    if finding.arrived_at and not was_missed:
        promise(visit, Happening.ARRIVED, finding.arrived_at)
    audit.record(
        "services.visit_ended",
        subject=visit,
        actor=by,
        number=order.number,
        result=finding.result.value,
    )


def _follow_done(visit: Visit, order: Order, _compensation: Decimal) -> None:
    _publish_done(visit, order)
    finish_visit(order.number, on=local(visit.starts_at).date())


def _follow_not_home(visit: Visit, _order: Order, _compensation: Decimal) -> None:
    tell(visit, "visit_not_home")


def _follow_impossible(visit: Visit, order: Order, _compensation: Decimal) -> None:
    now = clock.now()
    order.failure = visit.obstacle
    order.go(OrderState.IN_PROGRESS, now=now, note="visited")
    fail(order, now=now)


def _follow_missed(visit: Visit, order: Order, compensation: Decimal) -> None:
    promise(visit, Happening.VISIT_MISSED)
    _credit(visit, order, compensation)
    tell(visit, "visit_missed")


_FOLLOWING = {
    VisitState.DONE: _follow_done,
    VisitState.NOT_HOME: _follow_not_home,
    VisitState.IMPOSSIBLE: _follow_impossible,
    VisitState.MISSED: _follow_missed,
}


def _credit(visit: Visit, order: Order, compensation: Decimal) -> None:
    compensate(
        visit.account_id,
        compensation,
        cause=CompensationCause.VISIT_MISSED,
        reference=f"visit:{visit.id}:missed",
        offering_id=order.offering_id,
    )
