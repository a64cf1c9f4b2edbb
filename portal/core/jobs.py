"""Jobs are rows, enqueued in the very transaction that needs them; the worker runs them.

A job may run twice (its worker was killed, its answer was lost): each is idempotent.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

import click
import procrastinate
import psycopg
from flask import Flask, current_app
from flask.cli import AppGroup
from procrastinate.manager import JobManager
from procrastinate.tasks import Task, configure_task
from procrastinate.types import TimeDeltaParams
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import audit, clock, db, seal

P = ParamSpec("P")
log = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=2)
STALLED_AFTER = timedelta(seconds=10)
GRACE = timedelta(seconds=20)
CONCURRENCY = 4

_queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
# Writes jobs down; of its own, because a worker gives the queue a connector of asyncio.
_clerk = JobManager(connector=procrastinate.SyncPsycopgConnector())
_served: list[Flask] = []  # The worker's process serves exactly one app.


def _in_app(work: Callable[..., None]) -> Callable[..., None]:
    @wraps(work)
    def run(**arguments: Any) -> None:
        with _served[-1].app_context():
            work(**arguments)

    return run


def task(*, tries: int = 8, queue: str = "default") -> Callable[[Callable[..., None]], Any]:
    """Register a plain function as a task: keyword arguments of JSON values only.

    It opens its own `transaction()`. When it raises, it is tried again after 2, 4, 8 ... seconds,
    `tries` times in all.
    """

    def register(work: Callable[..., None]) -> Any:
        retry = procrastinate.RetryStrategy(max_attempts=tries - 1, exponential_wait=2)
        name = f"{work.__module__}.{work.__name__}"
        return _queue.task(name=name, queue=queue, retry=retry)(_in_app(work))

    return register


def periodic(cron: str) -> Callable[[Callable[[], None]], Any]:
    """Register a function that runs by `cron` (UTC; a sixth field counts seconds).

    One worker of all runs it each time. What is missed while no worker runs is not made up for.
    """

    def register(work: Callable[[], None]) -> Any:
        @wraps(work)
        def at_time(timestamp: int) -> None:  # noqa: ARG001 - the planned second is not needed
            work()

        name = f"{work.__module__}.{work.__name__}"
        made = _queue.task(name=name, queue="periodic", pass_context=False)(_in_app(at_time))
        return _queue.periodic(cron=cron)(made)

    return register


def enqueue(
    session: Session,
    to_run: Task[Any, Any, Any] | str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    **arguments: Any,
) -> None:
    """Let a task run after this transaction's commit, at `at` or later; rolled back with it.

    A task of the same feature's `jobs.py` is named by its dotted path, as actions import no jobs.
    Jobs with the same `lock` never run at the same time.
    """
    name = to_run if isinstance(to_run, str) else to_run.name
    # The queue looks at the real clock, which the portal's may be away from (KABINET_NOW).
    wait: TimeDeltaParams | None = (
        {"seconds": int((at - clock.now()).total_seconds())} if at else None
    )
    known = _queue.tasks.get(name)
    deferrer = configure_task(
        name=name,
        job_manager=_clerk,
        queue=known.queue if known else None,
        connection=session.connection().connection.driver_connection,
        schedule_in=wait,
        lock=lock,
    )
    deferrer.defer(**arguments)


def hurry(session: Session, lock: str) -> bool:
    """Let the jobs that wait with this lock run now; say whether there were any. For the worker."""
    waiting = text(
        "update jobs.procrastinate_jobs set scheduled_at = null"
        " where lock = :lock and status = 'todo' returning id"
    )
    return bool(session.scalars(waiting, {"lock": lock}).all())


def is_waiting(session: Session, lock: str) -> bool:
    """Say whether a job with this lock waits, whenever it may run. For the worker."""
    query = text(
        "select exists (select 1 from jobs.procrastinate_jobs"
        " where lock = :lock and status = 'todo')"
    )
    return bool(session.scalar(query, {"lock": lock}))


@periodic("* * * * * */5")
def rescue_stalled_jobs() -> None:
    """Give back what a killed worker had in its hands. No lock: it must never be stuck itself."""
    asyncio.run(_rescue())


async def _rescue() -> None:
    connector = procrastinate.PsycopgConnector(conninfo=_direct(), min_size=1, max_size=1)
    async with procrastinate.App(connector=connector).open_async() as queue:
        await queue.job_manager.prune_stalled_workers(STALLED_AFTER.total_seconds())
        for job in await queue.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=STALLED_AFTER.total_seconds()
        ):
            log.warning("job.rescued id=%s task=%s", job.id, job.task_name)
            await queue.job_manager.retry_job(job)


@periodic("* * * * *")
def seal_audit() -> None:
    """Seal what was added to the audit in the last minute."""
    with db.transaction() as own:
        while seal.seal(own) == seal.BATCH:
            pass


@periodic("17 3 * * *")
def sweep() -> None:
    """Make the months' partitions ahead; drop throttles and form submissions that are over."""
    with db.transaction() as own:
        audit.make_partitions(own)
        now = clock.now()
        own.execute(text("delete from throttle where window_ends_at < :now"), {"now": now})
        own.execute(
            text("delete from submission where created_at < :old"),
            {"old": now - timedelta(days=2)},
        )


def _direct() -> str:
    return db.conninfo(current_app.config["SETTINGS"].direct_url)


async def _serve(address: str) -> None:
    connector = procrastinate.PsycopgConnector(
        conninfo=address, min_size=1, max_size=CONCURRENCY + 2
    )
    with _queue.replace_connector(connector) as queue:
        await queue.open_async()
        await queue.run_worker_async(
            concurrency=CONCURRENCY,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT.total_seconds(),
            stalled_worker_timeout=STALLED_AFTER.total_seconds(),
            shutdown_graceful_timeout=GRACE.total_seconds(),
            fetch_job_polling_interval=1.0,
        )
        await queue.close_async()


cli = AppGroup("jobs", help="Jobs and their worker.")


@cli.command("worker")
def work() -> None:
    """Run jobs until SIGTERM; those in hand end first."""
    app: Any = current_app
    _served.append(app._get_current_object())  # noqa: SLF001 - Werkzeug's way
    log.info("worker.started")
    asyncio.run(_serve(_direct()))


@cli.command("waiting")
def waiting() -> None:
    """Print how many jobs wait, run and failed."""
    with psycopg.connect(_direct()) as connection:
        for status, count in connection.execute(
            "select status, count(*) from jobs.procrastinate_jobs group by status order by status"
        ):
            click.echo(f"{status} {count}")


def init_app(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(cli)
    app.cli.add_command(seal.cli)
