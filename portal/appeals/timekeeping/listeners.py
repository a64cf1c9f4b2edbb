"""What appeals do when the time of a promise passes, and when money comes back for it."""

from portal.appeals.timekeeping import actions
from portal.core.events import on
from portal.events import CompensationCredited, StepsPassed


@on(StepsPassed)
def tell_staff(event: StepsPassed) -> None:
    actions.tell_staff(event.steps)


@on(CompensationCredited)
def show_credit(event: CompensationCredited) -> None:
    actions.show_credit(event)
