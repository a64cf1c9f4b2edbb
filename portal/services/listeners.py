"""What services do when something happens elsewhere."""

from portal.core.events import on
from portal.events import PromiseLate, SpendingLimited, StepsPassed
from portal.services import actions


@on(SpendingLimited)
def tell_member(event: SpendingLimited) -> None:
    actions.tell_limit(event.account_id, event.user_id, event.limit)


@on(StepsPassed)
def compensate_late(event: StepsPassed) -> None:
    actions.credit_later(step for step in event.steps if isinstance(step, PromiseLate))
