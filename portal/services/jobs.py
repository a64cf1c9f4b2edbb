"""Tasks of the worker."""

from uuid import UUID

from flask import Flask

from portal.core.db import transaction
from portal.core.jobs import periodic, task
from portal.services.actions import forget_quotes, fulfil_order, resume_orders, wake_services
from portal.services.simulator import Simulator

GATEWAYS = {"simulator": Simulator}


@task()
def run_order(order_id: str) -> None:
    """Carry an order out."""
    fulfil_order(UUID(order_id))


@periodic("* * * * * */30")
def resume() -> None:
    """Take up orders that are overdue: no order is ever forgotten."""
    resume_orders()


@periodic("*/5 * * * *")
def wake() -> None:
    """Let services work again whose pause is over."""
    wake_services()


@periodic("41 3 * * *")
def tidy() -> None:
    """Forget terms of long ago that nobody ordered, a batch at a time."""
    gone = 1
    while gone:
        with transaction():
            gone = forget_quotes()


def init_app(app: Flask) -> None:
    """Choose the network. Raises RuntimeError if the setting names one that is not there."""
    name = app.config["SETTINGS"].activation_gateway
    if name not in GATEWAYS:
        raise RuntimeError(f"ACTIVATION_GATEWAY: {name} is none of {', '.join(sorted(GATEWAYS))}")
    app.extensions["activation_gateway"] = GATEWAYS[name]()
