"""The live harness: a database of its own, real commits, real processes on free ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from portal.app import create_app
from portal.config import Settings
from tests.databases import ROOT

PATIENCE = 30.0
_FIRST_PORT, _HEAPS, _STEP, _OFFERS = 12_000, 8, 16, 150  # up to 31 200


def _offered_ports() -> Iterator[int]:
    """Yield every 16th port of the heap that belongs to this process of pytest, round and round."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST_PORT + worker % _HEAPS * _OFFERS * _STEP
    for turn in count(os.getpid()):
        yield first + turn % _OFFERS * _STEP


_ports = _offered_ports()


def free_port() -> int:
    """Return a loopback port that nobody uses, nor the fifteen after it, TCP or UDP.

    It lies below those that the kernel gives to whoever connects (from 32 768), so that nobody
    takes it before its process has started; `make run` and `make dns` take its neighbours.
    """
    return next(port for port in _ports if all(_is_free(port + n) for n in range(_STEP)))


def _is_free(port: int) -> bool:
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until(happened: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Ask again and again; return the first true answer. Raises TimeoutError."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        if answer := happened():
            return answer
        time.sleep(0.02)
    raise TimeoutError(f"did not happen within {patience} s")


class Live:
    """What a live test works with: addresses by role, sessions, apps and processes."""

    def __init__(self, urls: dict[str, str], folder: Path) -> None:
        self.urls = urls
        self.folder = folder
        self.settings: dict[str, str] = {
            "DEBUG": "1",
            "BASE_URL": "http://localhost",
            "SECRET_KEY": "a-secret-of-the-tests-that-is-long-enough",
            "VAR_DIR": str(folder),
            "FILES_DIR": str(folder / "files"),
            "MAIL_DIR": str(folder / "mail"),
            "DNS_DATA_DIR": str(folder / "dns"),
        }
        self._by_role: dict[str, Engine] = {}
        self._engines: list[Engine] = []
        self._sessions: list[Session] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def engine(self, role: str = "kabinet_owner") -> Engine:
        """Return the engine that connects as `role` (kabinet_owner, _app, _worker, _dns, admin)."""
        if role not in self._by_role:
            self._by_role[role] = create_engine(self.urls[role], pool_size=20)
            self._engines.append(self._by_role[role])
        return self._by_role[role]

    def session(self, role: str = "kabinet_owner") -> Session:
        """Return a session whose commits are real. The owner is not bound by row-level security."""
        session = sessionmaker(self.engine(role), expire_on_commit=False)()
        self._sessions.append(session)
        return session

    def app(
        self, role: str = "kabinet_app", blueprints: Sequence[Blueprint] = (), **settings: str
    ) -> Flask:
        """Return the portal in this process, connected as `role`."""
        app = create_app(
            Settings.from_environment(self.settings | {"DATABASE_URL": self.urls[role]} | settings),
            blueprints=blueprints,
        )
        self._engines.append(app.extensions["db_engine"])
        return app

    def start(
        self, *command: str, role: str = "kabinet_app", **settings: str
    ) -> subprocess.Popen[bytes]:
        """Start a process: ("flask", "jobs", "worker") runs this Python's module flask."""
        environment = os.environ | self.settings | {"DATABASE_URL": self.urls[role]} | settings
        environment |= {"FLASK_APP": "wsgi", "PYTHONPATH": str(ROOT)}
        name = f"{len(self._processes)}-{command[-1].replace('/', '_')}.log"
        with (self.folder / name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._processes.append(process)
        return process

    def start_worker(self, **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker of the jobs."""
        return self.start("flask", "jobs", "worker", role="kabinet_worker", **settings)

    def start_web(self, *, port: int | None = None, **settings: str) -> str:
        """Start a web process, on a free port if none is named; return its address."""
        port = port or free_port()
        process = self.start(
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--blocking-threads", "8", "--workers-kill-timeout", "5", "wsgi:app", **settings,
        )  # fmt: skip
        wait_until(lambda: _answers(port) or process.poll() is not None, 90)
        return f"http://localhost:{port}"

    def logs(self) -> str:
        """Return what all processes wrote."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """End every process that was started here, and let go of the database."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self._let_go()

    def _let_go(self) -> None:
        """End every connection, and fail if one is still in use.

        One that the garbage collector ends later tells of it wherever the collector happens to
        run; within `ast.parse` that is a SystemError of Python 3.11.
        """
        for session in self._sessions:
            session.close()
        held = sum(engine.pool.checkedout() for engine in self._engines)
        for engine in self._engines:
            engine.dispose()
        assert not held, f"{held} connections are still in use: nobody may finish them later"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
