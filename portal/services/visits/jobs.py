"""Tasks of the worker: reminders, and promises that were broken unnoticed."""

from portal.core import clock
from portal.core.db import transaction
from portal.core.jobs import periodic
from portal.core.text import today
from portal.promises.policy import Kind
from portal.services.queries import compensation_for
from portal.services.visits import actions, queries
from portal.services.visits.slots import RESULT_WITHIN

AT_ONCE = 100


@periodic("*/5 * * * *")
def remind_of_visits() -> None:
    """Remind people in the evening of the visits of tomorrow."""
    reminded = 1
    while reminded:
        with transaction():
            reminded = actions.remind()


@periodic("*/5 * * * *")
def notice_missed_visits() -> None:
    """Take visits without a result for missed, each in a transaction of its own."""
    with transaction():
        compensation = compensation_for(Kind.VISIT, day=1, on=today())
        overdue = queries.without_result(clock.now() - RESULT_WITHIN, most=AT_ONCE)
    for order_id in overdue:
        with transaction():
            actions.miss_overdue(order_id, compensation=compensation)
