"""Parental control follows its option: connected, it is enforced; disconnected, it is not."""

from portal.core.events import on
from portal.events import ServiceEnded, ServiceStarted
from portal.parental import actions

OFFERING = "parental-control"


@on(ServiceStarted)
def begin(event: ServiceStarted) -> None:
    if event.offering_code == OFFERING:
        actions.start_enforcement(event.account_id)


@on(ServiceEnded)
def end(event: ServiceEnded) -> None:
    if event.offering_code == OFFERING:
        actions.end_enforcement(event.account_id)
