"""How the network is: its circuit and the orders that wait for it, for metrics and for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from portal.core.db import separately
from portal.services.circuit import Circuit
from portal.services.guarding import circuit_of
from portal.services.models import Order
from portal.services.states import OrderState

ORDER_MANAGEMENT = "tmf641"
WAITING = (OrderState.IN_PROGRESS, OrderState.HELD, OrderState.PENDING_CANCELLATION)


@dataclass(frozen=True)
class NetworkView:
    """The circuit of the order management; by state how many orders wait, and since when."""

    circuit: Circuit
    waiting: dict[OrderState, tuple[int, datetime]]


def network_now() -> NetworkView:
    """Return how the network is now. Two statements, on a connection of their own."""
    with separately(staff=True) as own:
        rows = own.execute(
            select(Order.state, func.count(), func.min(Order.starts_at))
            .where(Order.state.in_(WAITING))
            .group_by(Order.state)
            .order_by(Order.state)
        )
        waiting = {OrderState(state): (count, since) for state, count, since in rows}
        return NetworkView(circuit_of(own, ORDER_MANAGEMENT), waiting)


class _NetworkMetrics(Collector):
    """Figures that all processes share, so they are read when they are asked for."""

    def describe(self) -> Iterator[Metric]:
        return iter(())  # Nothing is read when it is registered.

    def collect(self) -> Iterator[Metric]:
        try:
            view = network_now()
        except SQLAlchemyError:
            return  # The other figures of the process are told without a database too.
        circuit = view.circuit
        yield GaugeMetricFamily(
            "kabinet_network_open", "1 while the network is not asked", int(not circuit.is_closed)
        )
        yield GaugeMetricFamily(
            "kabinet_network_failures", "Calls that failed in a row", circuit.failures
        )
        orders = GaugeMetricFamily(
            "kabinet_orders_waiting", "Orders at the network", labels=["state"]
        )
        for state in WAITING:
            orders.add_metric([state.value], view.waiting.get(state, (0, None))[0])
        yield orders


REGISTRY.register(_NetworkMetrics())
