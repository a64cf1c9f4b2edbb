"""Parental control follows its option: it is enforced while the option works."""

from portal.core.events import on
from portal.events import ServiceEnded, ServicePaused, ServiceResumed, ServiceStarted
from portal.parental import actions

OFFERING = "parental-control"


@on(ServiceStarted)
def begin(event: ServiceStarted) -> None:
    if event.offering_code == OFFERING:
        actions.start_enforcement(event.account_id)


@on(ServiceResumed)
def go_on(event: ServiceResumed) -> None:
    if event.offering_code == OFFERING:
        actions.start_enforcement(event.account_id)


@on(ServicePaused)
def rest(event: ServicePaused) -> None:
    if event.offering_code == OFFERING:
        actions.rest_enforcement(event.account_id)


@on(ServiceEnded)
def end(event: ServiceEnded) -> None:
    if event.offering_code == OFFERING:
        actions.end_enforcement(event.account_id)
