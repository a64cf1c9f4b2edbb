"""500 orders while everything is killed: `make chaos-orders`, or `python -m tests.chaos.orders`.

Eight clients order over HTTP, press twice and try again; web and worker processes get SIGKILL at
random, PostgreSQL loses its power once, the operator's network drops, delays, repeats and is down
for a while. At the end the clients' own record is compared with the portal's orders and
subscriptions and with the network's own books. The last line is the result; the exit status is 0
only if nothing was lost, doubled or stuck.
"""

import argparse
import signal
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from portal.config import ROOT
from portal.core.catalogues import compile_all
from tests.chaos.browsing import Browsing, Tally
from tests.chaos.machines import Database, Machines
from tests.chaos.people import REFUSALS, People, make_people
from tests.chaos.verdict import ENDED, Verdict, judge
from tests.services.operator import SECRET, Operator, an_operator

CLIENTS = 8
ACTS_OF_CONTRACT = 3
DRAIN_SECONDS = 150
ORDERS_OF_KILL = 8
OUTAGE_SECONDS = 8
TELLS_EVERY = 10
LONGEST_SECONDS = 12 * 60  # then the clients give up, and what is missing counts as stuck
WEATHER = {
    "drop_before": 0.03,
    "drop_after": 0.03,
    "500": 0.02,
    "503": 0.02,
    "garbage": 0.01,
    "wait_after": 0.01,
}


def run(orders: int, folder: Path) -> bool:
    """Let `orders` be ordered in chaos; say whether all is well. Writes the figures to stdout."""
    started = time.monotonic()
    database = Database()
    try:
        with an_operator(folder) as operator:
            verdict = _try(orders, Machines(folder, database.urls, operator), database, operator)
    finally:
        database.remove()
    _say(f"{time.monotonic() - started:.0f} s in all")
    print(verdict, flush=True)
    return verdict.is_good


def _try(orders: int, machines: Machines, database: Database, operator: Operator) -> Verdict:
    engine = create_engine(database.urls["kabinet_owner"], pool_pre_ping=True)
    with Session(engine) as db:
        contracts = ceil(orders / ACTS_OF_CONTRACT)
        people = make_people(db, clients=CLIENTS, contracts=contracts, orders=orders)
    _be_bad(operator, machines)
    machines.start()
    try:
        tally = _trouble(people, machines, database, operator, orders)
        _say(f"all orders had ended {_drain(engine):.0f} s after the last was placed")
    finally:
        machines.end()
    verdict = _verdict(engine, operator, people, tally)
    engine.dispose()
    _report(tally, machines, operator, verdict)
    return verdict


def _be_bad(operator: Operator, machines: Machines, **more: object) -> None:
    operator.be(
        **{
            "weather": WEATHER,
            "wait": 1.5,
            "takes": [0, 1.2],
            "refusals": REFUSALS,
            "is_forgiving": False,
            "callback": f"{machines.addresses[0]}/api/network/events",
            "secret": SECRET,
            "copies": 2,
        }
        | more
    )


def _trouble(
    people: People, machines: Machines, database: Database, operator: Operator, orders: int
) -> Tally:
    """Let the clients order while things break; return their record."""
    tally = Tally()

    def allowed() -> float:
        return 2 + len(tally.intents) / ORDERS_OF_KILL

    breakers = [
        threading.Thread(target=machines.kill_at_random, args=(tally.is_over, allowed)),
        threading.Thread(target=_accidents, args=(tally, orders, database, operator, machines)),
    ]
    for each in breakers:
        each.daemon = True
        each.start()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [
            pool.submit(Browsing(each, machines.addresses, tally).order_all)
            for each in people.clients
        ]
        ends = time.monotonic() + LONGEST_SECONDS
        try:
            while not all(each.done() for each in clients) and time.monotonic() < ends:
                time.sleep(TELLS_EVERY)
                _say(f"{len(tally.intents)} orders, {machines.kills.total()} kills")
        finally:
            tally.is_over.set()
    for each in clients:
        each.result()
    return tally


def _accidents(
    tally: Tally, orders: int, database: Database, operator: Operator, machines: Machines
) -> None:
    """Cut the power of the database, and later let the network be down for a while."""
    _after(tally, orders * 0.35)
    _say("PostgreSQL: immediate restart")
    database.cut_power()
    _after(tally, orders * 0.65)
    _say(f"the network is down for {OUTAGE_SECONDS} s")
    _be_bad(operator, machines, weather={"503": 1.0})
    time.sleep(OUTAGE_SECONDS)
    _be_bad(operator, machines)


def _after(tally: Tally, orders: float) -> None:
    while len(tally.intents) < orders:
        time.sleep(0.2)


def _drain(engine: Engine) -> float:
    """Wait until every order has ended, DRAIN_SECONDS at most; return how long it took."""
    started = time.monotonic()
    while time.monotonic() < started + DRAIN_SECONDS:
        with engine.connect() as connection:
            states = set(connection.scalars(text("select distinct state from service_order")))
        if states <= ENDED:
            break
        time.sleep(0.5)
    return time.monotonic() - started


def _verdict(engine: Engine, operator: Operator, people: People, tally: Tally) -> Verdict:
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "select o.id::text, a.number, o.state from service_order o"
                " join account a on a.id = o.account_id"
            )
        )
        orders = {order_id: (number, state) for order_id, number, state in rows}
        running = connection.scalars(
            text(
                "select a.number || '/' || f.code from subscription s"
                " join account a on a.id = s.account_id join offering f on f.id = s.offering_id"
                " where s.ended_on is null"
            )
        ).all()
    done = operator.look("select action, service from done")
    verdict = judge(tally.intents, orders, done, running, people.at_first)
    verdict.stuck += tally.gave_up
    return verdict


def _report(tally: Tally, machines: Machines, operator: Operator, verdict: Verdict) -> None:
    kills = ", ".join(f"{count} {name}" for name, count in sorted(machines.kills.items()))
    [(asked,)] = operator.look("select count(*) from asked")
    [(done,)] = operator.look("select count(*) from done")
    _say(f"{len(tally.intents)} orders confirmed, {tally.doubled} by double click")
    _say(f"killed: {kills}; died by themselves: {dict(machines.deaths)}")
    _say(f"answers that clients lost: {tally.lost_answers}")
    _say(f"the network was asked for {asked} pieces of work and did {done}")
    if tally.seconds:
        _say(f"a client had his order in {statistics.median(tally.seconds):.1f} s (median)")
    for line in (*verdict.lost, *verdict.doubled, *verdict.stuck):
        _say(f"  {line}")


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # ends all that it started
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--keep", type=Path, help="where logs and books stay")
    chosen = parser.parse_args()
    compile_all(ROOT)
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        return 0 if run(chosen.orders, chosen.keep) else 1
    with tempfile.TemporaryDirectory() as folder:
        return 0 if run(chosen.orders, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
