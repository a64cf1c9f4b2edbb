"""Measure the tracker with few and with very many open promises: `python -m bench.sla`.

The last lines are `RESULT key=value`. Goals: issue of appeals and promises, point 11;
`bench/README.md` has figures.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
from sqlalchemy import Engine, event, select, text

from bench.crowd import Crowd, base_of
from bench.machine import noise, sync_milliseconds
from bench.operator import operator, settle
from portal.core import clock
from portal.core.db import conninfo, transaction
from portal.core.text import local
from portal.promises import actions, queries, timing
from portal.promises.models import PromiseTimer
from tests.appeals.factories import file_appeal
from tests.browser import Browser
from tests.cast import Person, make_cast
from tests.live import Live, wait_until
from tests.statements import counted

DUE = 200
LOOKED_AGAIN = 100
BREACHES = 5
_A_MOMENT = timedelta(milliseconds=1)
_SAMPLE = text("select id from appeal order by md5(id::text) limit :most")
_DUE_SOON = """
    with chosen as (
        select p.id from promise p where p.kind = 'final' and p.ended_at is null
        order by p.id desc offset %(skipped)s limit 1
    ), moved as (
        update promise p set due_at = %(due)s from chosen c where p.id = c.id returning p.id
    )
    update promise_timer t set step = 100, fires_at = %(due)s from moved m where t.id = m.id
"""
_NOTICED = "select exists (select 1 from event where type = 'promise.breached' and at >= %s)"


def main() -> None:
    asked = _arguments()
    results: dict[str, float] = {"noise_before": noise()}
    folder = Path(tempfile.mkdtemp(prefix="kabinet-bench-"))
    try:
        results |= sync_milliseconds(folder / "sync")
        with operator(folder) as running:
            live = Live(running.urls, folder)
            try:
                Measurement(live, asked, results).run(lambda: settle(running))
            finally:
                live.end()
    finally:
        clock.freeze(None)
        shutil.rmtree(folder, ignore_errors=True)
    results["noise_after"] = noise()
    for key, value in results.items():
        print(f"RESULT {key}={value:.4g}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000, help="open promises")
    parser.add_argument("--many", type=int, default=1_000_000, help="open promises")
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    if not DUE * (asked.rounds + 1) < asked.few <= asked.many:
        parser.error(f"--few must be above {DUE * (asked.rounds + 1)}, and not above --many")
    return asked


class Tick(NamedTuple):
    """A tick in milliseconds.

    The whole with its commit; the statements about timers alone (claim, move on, drop); and the
    tracker's processor time.
    """

    whole: float
    timers: float
    cpu: float


class TimerStatements:
    """How long PostgreSQL takes for what is said about timers."""

    def __init__(self, engine: Engine) -> None:
        self._spent: list[float] = []
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)

    @contextmanager
    def counted(self) -> Iterator[list[float]]:
        self._spent = []
        yield self._spent

    def _begin(self, *_about: object) -> None:
        self._begun = time.perf_counter()

    def _end(self, _connection: object, _cursor: object, statement: str, *_about: object) -> None:
        if "promise_timer" in statement:
            self._spent.append(time.perf_counter() - self._begun)


class Measurement:
    """One run: what it has found stands in `results`, in the order it was found."""

    def __init__(self, live: Live, asked: argparse.Namespace, results: dict[str, float]) -> None:
        self.live, self.asked, self.results = live, asked, results
        self.admin = conninfo(live.urls["admin"])
        self.tracker, self.web = live.app("kabinet_worker"), live.app()
        self.timers = TimerStatements(self.tracker.extensions["db_engine"])
        self.web.config["TESTING"] = False
        self.db = live.session()
        self.cast = make_cast(self.db)
        self.base = base_of(local(clock.now()))
        midnight = (self.base + timedelta(days=1)).replace(hour=0)
        with self.web.app_context(), transaction():
            policy = queries.version_in_force(self.base)
        self.crowd = Crowd(self.admin, self.base, midnight, policy)

    def run(self, settle_down: Callable[[], None]) -> None:
        self.crowd.people()
        sizes = (self.asked.few, self.asked.many)
        ticks, there = [], 0
        for size in sizes:
            self.crowd.grow(there, size)
            there = size
            self.db.rollback()  # What an open transaction has in hand no vacuum passes.
            settle_down()
            ticks.append(self._ticks(size))
        self.results["tick_ratio"] = ticks[1] / ticks[0]
        self.db.rollback()
        self._check()
        self._pages()
        self._notice()

    def _ticks(self, size: int) -> float:
        """Let 200 steps come due, tell them, and so on; half of the appeals have an assignee."""
        # The first one reads what a process reads once, and does not count.
        ticks = [self._tick() for _ in range(self.asked.rounds + 1)][1:]
        clock.freeze(None)
        middle = statistics.median(tick.whole for tick in ticks)
        self.results |= {
            f"tick_ms_{DUE}_due_{size}": middle,
            f"tick_ms_{DUE}_due_{size}_max": max(tick.whole for tick in ticks),
            f"timers_ms_{DUE}_due_{size}": statistics.median(tick.timers for tick in ticks),
            f"tracker_cpu_ms_{DUE}_due_{size}": statistics.median(tick.cpu for tick in ticks),
        }
        return middle

    def _tick(self) -> "Tick":
        self._turn_to_the_next()
        with self.tracker.app_context(), self.timers.counted() as spent:
            begun, worked = time.perf_counter(), time.process_time()
            with transaction():
                told = timing.pass_time(most=DUE)
            length, work = time.perf_counter() - begun, time.process_time() - worked
        if told != DUE:
            raise SystemExit(f"{told} steps were due, not {DUE}")
        return Tick(length * 1000, sum(spent) * 1000, work * 1000)

    def _turn_to_the_next(self) -> None:
        """Turn the clock to just after the step that comes as the 200th."""
        self.db.rollback()
        order = (PromiseTimer.fires_at, PromiseTimer.id)
        at = self.db.scalars(
            select(PromiseTimer.fires_at).order_by(*order).offset(DUE - 1).limit(1)
        )
        clock.freeze(at.one() + _A_MOMENT)

    def _check(self) -> None:
        """Compare the made-up rows with the events: they must be as the portal writes them."""
        with self.web.app_context(), transaction(staff=True) as own:
            sample = own.scalars(_SAMPLE, {"most": LOOKED_AGAIN}).all()
            wrong = [
                w for one in sample for w in actions.look_again(actions.Subject("appeal", one))
            ]
            wrong += list(timing.differences())
        if wrong:
            raise SystemExit(f"{len(wrong)} differences, the first: {wrong[0]}")

    def _pages(self) -> None:
        clock.freeze(self.base)
        alice = self.cast["alice"]
        self.results["file_appeal_ms"] = self._median(lambda: file_appeal(self.web, alice))
        appeal_id = file_appeal(self.web, alice)
        desk = self._browser(self.cast["dora"])
        self.results["queue_page_ms"] = self._median(lambda: _opened(desk, "/staff/queue"))
        customer = self._browser(alice)
        path = f"/a/{alice.account_id}/appeals/{appeal_id}"
        self.results["customer_page_ms"] = self._median(lambda: _opened(customer, path))
        with counted(self.web.extensions["db_engine"]) as statements:
            _opened(customer, path)
        self.results["customer_page_statements"] = len(statements)
        clock.freeze(None)

    def _browser(self, person: Person) -> Browser:
        browser = Browser(self.web, self.live.session())
        browser.log_in(person)
        return browser

    def _median(self, act: Callable[[], object]) -> float:
        """Return the median length in milliseconds; the first time does not count."""
        lengths = []
        for _ in range(self.asked.rounds + 1):
            begun = time.perf_counter()
            act()
            lengths.append((time.perf_counter() - begun) * 1000)
        return statistics.median(lengths[1:])

    def _notice(self) -> None:
        """Let promises break under the eyes of a real tracker; keep the slowest."""
        self.live.start("flask", "sla", "track", role="kabinet_worker")
        try:
            wait_until(lambda: "tracker.started" in self.live.logs(), 120)
        except TimeoutError:
            raise SystemExit(f"the tracker did not start:\n{self.live.logs()}") from None
        with psycopg.connect(self.admin, autocommit=True) as admin:
            noticed = [self._breach(admin, number) for number in range(BREACHES)]
        self.results["notice_s"] = max(noticed)

    def _breach(self, admin: psycopg.Connection, number: int) -> float:
        due = clock.now() + timedelta(seconds=2, milliseconds=370 * number)
        admin.execute(_DUE_SOON.encode(), {"due": due, "skipped": number * 10})
        wait_until(lambda: (admin.execute(_NOTICED, [due]).fetchone() or (False,))[0], 60)
        return (clock.now() - due).total_seconds()


def _opened(browser: Browser, path: str) -> None:
    page = browser.open(path)
    if page.status != 200:
        raise SystemExit(f"{path}: {page.status}")


if __name__ == "__main__":
    main()
