"""Whether anybody watches the clocks: how late the tracker is, for metrics and for supervisors."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import separately
from portal.promises.models import PromiseTimer

LONGEST_DELAY = timedelta(seconds=60)  # The tracker looks each second; it may be restarted.


def untold_since(own: Session) -> datetime | None:
    """Return since when a step is due that was not told; None if none is. One look at an index."""
    first = own.scalar(select(func.min(PromiseTimer.fires_at)))
    return first if first and first <= clock.now() else None


def unwatched_since(own: Session) -> datetime | None:
    """Return since when nobody tells of due steps, if that is longer than a tracker may take."""
    since = untold_since(own)
    return since if since and clock.now() - since > LONGEST_DELAY else None


class _TrackerMetrics(Collector):
    """A figure that all processes share, so it is read when it is asked for."""

    def describe(self) -> Iterator[Metric]:
        return iter(())  # Nothing is read when it is registered.

    def collect(self) -> Iterator[Metric]:
        try:
            with separately(staff=True) as own:
                since = untold_since(own)
        except SQLAlchemyError:
            return  # The other figures of the process are told without a database too.
        late = (clock.now() - since).total_seconds() if since else 0
        yield GaugeMetricFamily(
            "kabinet_promise_step_late_seconds", "How long the oldest due step waits", late
        )


REGISTRY.register(_TrackerMetrics())
