"""How the resolver hosts are: who is silent, who lags, who is built, for metrics and the log."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.core.db import separately
from portal.parental.models import dns_node, policy_log

log = logging.getLogger(__name__)

LONGEST_LAG = timedelta(seconds=30)
LONGEST_BUILDING = timedelta(minutes=10)  # The log of a million homes is replayed in one.
NOTHING = timedelta(0)


@dataclass(frozen=True)
class NodeView:
    """A resolver host: since when it is silent, and how old the oldest save is that it lacks.

    `building` says for how long a new one replays the log for the first time; None: it is built.
    """

    name: str
    silent: timedelta
    lag: timedelta
    building: timedelta | None
    alarmed_at: datetime | None

    @property
    def is_ill(self) -> bool:
        """Say whether staff must look. What a new host lacks is no lag, unless that never ends."""
        if self.building is not None and self.building <= LONGEST_BUILDING:
            return self.silent > LONGEST_LAG
        return max(self.silent, self.lag, self.building or NOTHING) > LONGEST_LAG


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
    silent, building = (_length(since) for since in (dns_node.c.seen_at, dns_node.c.building_since))
    query = select(dns_node.c.name, silent, lacking, building, dns_node.c.alarmed_at)
    rows = own.execute(query.order_by(dns_node.c.name))
    return [NodeView(name, silent, lag or NOTHING, *more) for name, silent, lag, *more in rows]


def _length(since: ColumnElement[datetime]) -> ColumnElement[timedelta]:
    return func.clock_timestamp() - since


def watch_nodes(own: Session) -> None:
    """Log an error once when a host falls silent or lags, and once when it is well again."""
    for node in nodes_now(own):
        if node.is_ill == (node.alarmed_at is not None):
            continue
        if node.is_ill:
            times = (node.silent, node.lag, node.building or NOTHING)
            seconds = (each.total_seconds() for each in times)
            text = "dns.node_lags name=%s silent=%.0f lag=%.0f building=%.0f"
            log.error(text, node.name, *seconds)
        else:
            log.info("dns.node_is_well name=%s", node.name)
        since = func.clock_timestamp() if node.is_ill else None
        own.execute(update(dns_node).where(dns_node.c.name == node.name).values(alarmed_at=since))


_TOLD = (
    ("kabinet_dns_node_silent_seconds", "Since it was heard of"),
    ("kabinet_dns_node_building_seconds", "Since it, being new, replays the log; 0 when built"),
    ("kabinet_dns_node_ill", "1 while a host is silent, lags, or is built for too long"),
)


class _NodeMetrics(Collector):
    """Figures that all processes share, so they are read when they are asked for."""

    def describe(self) -> Iterator[Metric]:
        return iter(())  # Nothing is read when it is registered.

    def collect(self) -> Iterator[Metric]:
        table = dns_node.c
        silent, building = (_length(each) for each in (table.seen_at, table.building_since))
        query = select(table.name, silent, building, table.alarmed_at).order_by(table.name)
        try:
            with separately() as own:
                rows = own.execute(query).all()
        except SQLAlchemyError:
            return  # The other figures of the process are told without a database too.
        families = [GaugeMetricFamily(*each, labels=["node"]) for each in _TOLD]
        for name, since, built, alarmed_at in rows:
            lengths = [(each or NOTHING).total_seconds() for each in (since, built)]
            for family, figure in zip(families, (*lengths, int(bool(alarmed_at))), strict=True):
                family.add_metric([name], figure)
        yield from families


REGISTRY.register(_NodeMetrics())
