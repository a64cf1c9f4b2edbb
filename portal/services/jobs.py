"""Tasks of the worker."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask

from portal.config import Settings
from portal.core.db import transaction
from portal.core.jobs import periodic, task
from portal.events import PromiseLate
from portal.services import actions, watching
from portal.services.activation import ActivationGateway
from portal.services.guarding import Guarded
from portal.services.order_management import Access, OrderManagement
from portal.services.simulator import Simulator


@task()
def run_order(order_id: str) -> None:
    """Carry an order out."""
    actions.fulfil_order(UUID(order_id))


@task()
def hear(reference: str) -> None:
    """Look into what the network told about a piece of work."""
    actions.hear(reference)


@task()
def credit_late_days(days: list[dict[str, Any]]) -> None:
    """Give back what late days of promises cost, each in a transaction of its own."""
    for day in days:
        named = {"account_id": UUID(day["account_id"]), "subject_id": UUID(day["subject_id"])}
        began_at = datetime.fromisoformat(day["began_at"])
        with transaction():
            actions.credit_late_day(PromiseLate(**day | named | {"began_at": began_at}))


@periodic("* * * * * */30")
def resume() -> None:
    """Take up orders that are overdue: no order is ever forgotten."""
    actions.resume_orders()


@periodic("*/5 * * * *")
def wake() -> None:
    """Let services work again whose pause is over."""
    actions.wake_services()


@periodic("*/10 * * * *")
def tell_of_late_orders() -> None:
    """Tell people of orders that the network has had for hours."""
    while actions.tell_of_late_orders():
        pass


@periodic("41 3 * * *")
def tidy() -> None:
    """Forget terms of long ago that nobody ordered, and old imports of billing, in batches."""
    for forget in (actions.forget_quotes, actions.forget_imports):
        gone = 1
        while gone:
            with transaction():
                gone = forget()


def _order_management(settings: Settings) -> ActivationGateway:
    if not settings.tmf641_url:
        raise RuntimeError("ACTIVATION_GATEWAY is tmf641, so TMF641_URL must be set")
    access = Access(
        settings.tmf641_url,
        settings.tmf641_token,
        settings.tmf641_connect_seconds,
        settings.tmf641_answer_seconds,
    )
    return Guarded(OrderManagement(access), watching.ORDER_MANAGEMENT)


GATEWAYS: dict[str, Callable[[Settings], ActivationGateway]] = {
    "simulator": lambda _settings: Simulator(),
    "tmf641": _order_management,
}


def init_app(app: Flask) -> None:
    """Choose the network. Raises RuntimeError if the setting names one that is not there."""
    settings: Settings = app.config["SETTINGS"]
    name = settings.activation_gateway
    if name not in GATEWAYS:
        raise RuntimeError(f"ACTIVATION_GATEWAY: {name} is none of {', '.join(sorted(GATEWAYS))}")
    app.extensions["activation_gateway"] = GATEWAYS[name](settings)
