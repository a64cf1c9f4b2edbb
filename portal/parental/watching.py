"""How the resolver hosts are: who is silent, who lags, for metrics and for the log."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.core.db import separately
from portal.parental.models import dns_node, policy_log

log = logging.getLogger(__name__)

LONGEST_LAG = timedelta(seconds=30)
NOTHING = timedelta(0)


@dataclass(frozen=True)
class NodeView:
    """A resolver host: since when it is silent, and how old the oldest save is that it lacks."""

    name: str
    silent: timedelta
    lag: timedelta
    alarmed_at: datetime | None

    @property
    def is_ill(self) -> bool:
        return max(self.silent, self.lag) > LONGEST_LAG


def nodes_now(own: Session) -> Sequence[NodeView]:
    """Return all hosts by name, for the worker: it sees all saves. One statement.

    The times are the database's.
    """
    place = tuple_(policy_log.c.xid, policy_log.c.seq)
    lacking = (
        select(func.clock_timestamp() - policy_log.c.created_at)
        .where(place > tuple_(dns_node.c.applied_xid, dns_node.c.applied_seq))
        .order_by(policy_log.c.xid, policy_log.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    silent = func.clock_timestamp() - dns_node.c.seen_at
    query = select(dns_node.c.name, silent, lacking, dns_node.c.alarmed_at)
    rows = own.execute(query.order_by(dns_node.c.name))
    return [NodeView(name, silent, lag or NOTHING, at) for name, silent, lag, at in rows]


def watch_nodes(own: Session) -> None:
    """Log an error once when a host falls silent or lags, and once when it is well again."""
    for node in nodes_now(own):
        if node.is_ill == (node.alarmed_at is not None):
            continue
        if node.is_ill:
            silent, lag = node.silent.total_seconds(), node.lag.total_seconds()
            log.error("dns.node_lags name=%s silent=%.0f lag=%.0f", node.name, silent, lag)
        else:
            log.info("dns.node_is_well name=%s", node.name)
        since = func.clock_timestamp() if node.is_ill else None
        own.execute(update(dns_node).where(dns_node.c.name == node.name).values(alarmed_at=since))


class _NodeMetrics(Collector):
    """Figures that all processes share, so they are read when they are asked for."""

    def describe(self) -> Iterator[Metric]:
        return iter(())  # Nothing is read when it is registered.

    def collect(self) -> Iterator[Metric]:
        length = func.clock_timestamp() - dns_node.c.seen_at
        query = select(dns_node.c.name, length, dns_node.c.alarmed_at).order_by(dns_node.c.name)
        try:
            with separately() as own:
                rows = own.execute(query).all()
        except SQLAlchemyError:
            return  # The other figures of the process are told without a database too.
        silent = GaugeMetricFamily(
            "kabinet_dns_node_silent_seconds", "Since it was heard of", labels=["node"]
        )
        ill = GaugeMetricFamily(
            "kabinet_dns_node_ill", "1 while a host is silent or lags", labels=["node"]
        )
        for name, since, alarmed_at in rows:
            silent.add_metric([name], since.total_seconds())
            ill.add_metric([name], int(alarmed_at is not None))
        yield silent
        yield ill


REGISTRY.register(_NodeMetrics())
