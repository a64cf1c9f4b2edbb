"""The processes of the chaos run, and what happens to them: SIGKILL, and a cut of power."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from portal.laptop.postgres import Cluster
from portal.laptop.roles import set_up
from tests.databases import ROOT, migrate
from tests.live import free_port, wait_until
from tests.services.operator import Operator

WEB = ("web-1", "web-2")
WORKERS = ("worker-1", "worker-2")
CALM = (3.0, 7.0)  # seconds between two kills
THREADS = "6"
ROLES = {"web": "kabinet_app", "worker": "kabinet_worker"}


class Database:
    """A PostgreSQL of its own that keeps what it promised, also over a power cut."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kabinet-chaos-"))
        self._cluster = Cluster(self._folder).start()
        self.urls = set_up(self._cluster.admin_url)
        migrate(self.urls["kabinet_owner"])

    def cut_power(self) -> None:
        """End it as `pg_ctl stop --mode=immediate` does, and start it again: it has to recover."""
        pid_file = self._cluster.log.parent / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGQUIT)
        wait_until(lambda: not self._cluster.is_running())
        again = Cluster(self._folder).start()
        self._cluster.stop()
        self._cluster = again

    def remove(self) -> None:
        self._cluster.stop()
        self._cluster.remove()


class Machines:
    """Web and worker processes; who dies, for whatever reason, is started again."""

    def __init__(self, folder: Path, urls: dict[str, str], operator: Operator) -> None:
        self._folder, self._urls = folder, urls
        self._ports = {name: free_port() for name in (*WEB, "mail")}
        self._settings = operator.settings | {
            "DEBUG": "1",
            "BASE_URL": "http://localhost",
            "SECRET_KEY": "a-secret-of-the-chaos-run-that-is-long-enough",
            "ORDER_UNDO_SECONDS": "0",
            "SMTP_URL": f"smtp://127.0.0.1:{self._ports['mail']}",
            "FLASK_APP": "wsgi",
            "PYTHONPATH": str(ROOT),
            **{f"{each}_DIR": str(folder / each.lower()) for each in ("VAR", "FILES", "MAIL")},
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self.kills: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()
        self.lock = threading.Lock()

    @property
    def addresses(self) -> list[str]:
        return [f"http://localhost:{self._ports[name]}" for name in WEB]

    def start(self) -> None:
        for name in ("mail", *WEB, *WORKERS):
            self._start(name)
        threading.Thread(target=self._supervise, daemon=True).start()

    def kill_at_random(self, stop: threading.Event, allowed: Callable[[], float]) -> None:
        """Kill one process after another until `stop`, `allowed` of them so far.

        A slow machine is killed less often, so that it comes to the end as a quick one does.
        """
        chance = random.SystemRandom()
        while not stop.wait(chance.uniform(*CALM)):
            if self.kills.total() >= allowed():
                continue
            name = chance.choice((*WEB, *WORKERS))
            with self.lock:
                _kill(self._running[name])
                self.kills[_kind(name)] += 1
                self._start(name)

    def end(self) -> None:
        self._over.set()
        with self.lock:
            for process in self._running.values():
                _kill(process)

    def _supervise(self) -> None:
        while not self._over.wait(0.5):
            with self.lock:
                for name, process in list(self._running.items()):
                    if process.poll() is not None and not self._over.is_set():
                        self.deaths[_kind(name)] += 1
                        self._start(name)

    def _start(self, name: str) -> None:
        role = ROLES.get(_kind(name), "")
        environment = os.environ | self._settings | {"DATABASE_URL": self._urls.get(role, "")}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *self._command(name)],
                cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _command(self, name: str) -> list[str]:
        if name == "mail":
            return ["portal.laptop.mail_sink"]
        if name in WORKERS:
            return ["flask", "jobs", "worker"]
        return [
            *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"),
            *("--port", str(self._ports[name]), "--blocking-threads", THREADS),
            *("--log-level", "warning", "wsgi:app"),
        ]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _kind(name: str) -> str:
    return name.split("-", maxsplit=1)[0]
