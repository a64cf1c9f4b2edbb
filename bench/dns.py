"""Measure parental control on this machine: `python -m bench.dns [--households 1000000]`.

What is measured runs on one processor alone, what asks on the others. Last come lines of
`RESULT key=value`. Goals: issue of parental control, point 10; `bench/README.md` has figures.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from psycopg import Connection

from bench.households import (
    FEW,
    FEW_FIRST,
    FIRST,
    LONG_FIRST,
    MOST_HOUSEHOLDS,
    STRANGERS,
    names_asked,
)
from bench.machine import compiled, memory_mb, noise, sync_milliseconds
from bench.operator import (
    Dnsdist,
    Operator,
    fill,
    operator,
    release,
    settle,
    start_dnsdist,
    start_node,
    start_plain,
    start_unbound_rpz,
    start_upstream,
)
from bench.saves import Rates, Saves, closings_told, quantile
from bench.throughput import Load, Measured, Slice
from portal.core.db import conninfo
from portal.parental.dns.store import Store
from tests.live import wait_until

NODES = ("one", "two")
Results = dict[str, float]


def main() -> None:
    asked = _arguments()
    results: Results = {"noise_before": noise()}
    folder = Path(tempfile.mkdtemp(prefix="kabinet-bench-"))
    try:
        with operator(folder) as running:
            Measurement(running, asked, results).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    results["noise_after"] = noise()
    for key, value in results.items():
        print(f"RESULT {key}={value:.4g}" if isinstance(value, float) else f"RESULT {key}={value}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--categories", type=int, default=1_000_000)
    parser.add_argument("--saves", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each slice")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if not 0 < asked.households <= MOST_HOUSEHOLDS:
        parser.error(f"1 to {MOST_HOUSEHOLDS} households")
    return asked


class Measurement:
    """One run: what it has found stands in `results`, in the order it was found."""

    def __init__(self, running: Operator, asked: argparse.Namespace, results: Results) -> None:
        self.running, self.asked, self.results = running, asked, results
        self.folders = [running.folder / name for name in NODES]

    def run(self) -> None:
        self.results |= {"households": self.asked.households, "categories": self.asked.categories}
        with self.running.database() as database:
            with _step("Making the households"):
                account, last = fill(database, self.asked.households)
            nodes = self.build(last)
            with _step("Settling"):
                settle(self.running)
                self.results |= sync_milliseconds(self.running.folder / "sync")
            upstream = start_upstream(self.running)
            servers = [start_dnsdist(self.running, each, upstream) for each in self.folders]
            saves = Saves(database, servers, (str(FIRST), 1, account))
            self.save(saves)
            self.save_while_busy(saves, database)
            self.running.end(*nodes)
            self.apply(database, account)
        self.running.end(servers[1].process, *servers[1].others)
        load = self.load()
        self.ask(load, servers[0], upstream)
        self.running.end(servers[0].process, *servers[0].others)
        self.ask_rpz(load, upstream)

    def build(self, last: int) -> list[subprocess.Popen[bytes]]:
        """Let two new nodes replay the whole log at once."""
        begun = time.monotonic()
        nodes = [start_node(self.running, each) for each in self.folders]
        with _step("Two nodes replay the log"):
            wait_until(lambda: all(_holds(each, last) for each in self.folders), 1200)
        seconds = time.monotonic() - begun
        self.results |= {"build_s": seconds, "replay_per_s": last / seconds}
        for file in ("net", "pol"):
            self.results[f"{file}_mb"] = _megabytes(self.folders[0] / f"{file}.mdb")
        return nodes

    def save(self, saves: Saves) -> None:
        with _step("Saving"):
            lengths = saves.until_enforced(lambda done: done < self.asked.saves)
        self._tell("save_to_enforced", lengths)

    def save_while_busy(self, saves: Saves, database: Connection) -> None:
        self.save_while_loading(saves, database)
        self.save_while_counting(saves, database)

    def save_while_loading(self, saves: Saves, database: Connection) -> None:
        """Save while both nodes load a release of all categories into cat.mdb."""
        release(database, self.asked.categories)
        begun = time.monotonic()
        query = "select count(*) from category_in_force where number = 1 and loading is null"

        def is_loading(_done: int) -> bool:
            (loaded,) = database.execute(query).fetchone() or (0,)
            database.commit()
            return loaded < len(NODES)

        with _step("Saving while both nodes load the categories"):
            lengths = saves.until_enforced(is_loading)
        self.results["categories_load_s"] = time.monotonic() - begun
        self.results["saves_while_loading"] = len(lengths)
        self._tell("save_while_loading", lengths)
        self.results["cat_mb"] = _megabytes(self.folders[0] / "cat.mdb")

    def save_while_counting(self, saves: Saves, database: Connection) -> None:
        """Save while both nodes hear as many closings as they take, each of another household."""
        with (
            _step("Saving while both nodes count"),
            closings_told(self.folders, self.asked.households),
        ):
            lengths = saves.until_enforced(lambda done: done < self.asked.saves)
        self._tell("save_while_counting", lengths)
        (rows,) = database.execute("select count(*) from parental_count").fetchone() or (0,)
        database.commit()
        self.results["counts_rows"] = rows

    def _tell(self, name: str, lengths: list[float]) -> None:
        for part in (50, 99):
            self.results[f"{name}_ms_p{part}"] = quantile(lengths, part / 100)
        self.results[f"{name}_ms_max"] = max(lengths)

    def apply(self, database: Connection, account: str) -> None:
        store = Store(self.running.folder / "rates", is_writer=True)
        with _step("Applying"):
            address = conninfo(self.running.urls["kabinet_dns"])
            self.results |= Rates(database, account, store).measure(address)
        store.close()

    def load(self) -> Load:
        names = self.running.folder / "names"
        names.write_text("\n".join(names_asked(self.asked.categories)) + "\n")
        program = compiled(Path(__file__).with_name("load.c"), self.running.folder / "load")
        return Load(program, names, self.asked.rounds, self.asked.seconds)

    def ask(self, load: Load, filtering: Dnsdist, upstream: int) -> None:
        plain, many = start_plain(self.running, upstream), self.asked.households
        slices = {
            "unfiltered": Slice(plain, FIRST, many),
            "filtered": Slice(filtering, FIRST, many),
            "strangers": Slice(filtering, STRANGERS, many),
            "unfiltered_few": Slice(plain, FEW_FIRST, FEW),
            "few_20": Slice(filtering, FEW_FIRST, FEW),
            "few_10000": Slice(filtering, LONG_FIRST, FEW),
        }
        with _step("Asking"):
            found = load.measure(slices)
        for name, each in found.items():
            self._tell_load(name, each)
        # The load generator can't fill a plain dnsdist here, so ratios are by processor time.
        speed = {name: each.per_cpu_second for name, each in found.items()}
        wall = {name: each.per_second for name, each in found.items()}
        self.results |= {
            "cpu_us_per_query": found["filtered"].cpu_us,
            "filtered_vs_unfiltered_wall": wall["filtered"] / wall["unfiltered"],
            "filtered_vs_unfiltered": speed["filtered"] / speed["unfiltered"],
            "strangers_vs_unfiltered": speed["strangers"] / speed["unfiltered"],
            "filtered_vs_unfiltered_few_20": speed["few_20"] / speed["unfiltered_few"],
            "filtered_vs_unfiltered_few_10000": speed["few_10000"] / speed["unfiltered_few"],
            "rules_10000_vs_20": speed["few_10000"] / speed["few_20"],
            "dnsdist_memory_mb": memory_mb(filtering.process.pid),
        }
        self.running.end(plain.process)

    def ask_rpz(self, load: Load, upstream: int) -> None:
        """Ask unbound with the same names as one RPZ, without lists of households."""
        begun = time.monotonic()
        with _step("unbound loads an RPZ"):
            rpz = start_unbound_rpz(self.running, self.asked.categories, upstream)
        self.results["rpz_load_s"] = time.monotonic() - begun
        self.results["rpz_memory_mb"] = memory_mb(rpz.process.pid)
        with _step("Asking it"):
            found = load.measure({"rpz": Slice(rpz, FIRST, self.asked.households)})
        self._tell_load("rpz", found["rpz"])

    def _tell_load(self, name: str, each: Measured) -> None:
        self.results |= {
            f"{name}_qps": each.per_second,
            f"{name}_cpu_us": each.cpu_us,
            f"{name}_closed": each.closed_share,
            f"{name}_lost": each.lost,
        }


def _holds(folder: Path, last: int) -> bool:
    time.sleep(0.2)
    if not (folder / "pol.mdb").exists():
        return False
    with closing(Store(folder)) as store:
        sizes = store.sizes()
    return sizes["pol"] >= last and sizes["net"] >= last


def _megabytes(path: Path) -> float:
    return path.stat().st_blocks * 512 / 1e6


@contextmanager
def _step(name: str) -> Iterator[None]:
    print(f"· {name} ...", end=" ", flush=True)
    begun = time.monotonic()
    yield
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main()
