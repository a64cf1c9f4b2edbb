"""The processes of a laptop under one supervisor: one start, one Ctrl-C."""

import os
import re
import shlex
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from honcho import manager
from honcho.printer import Message, Printer

from portal.laptop import roles
from portal.laptop.leftovers import MARK
from portal.laptop.place import LISTENS_ON, Place

LONGEST_STOP_SECONDS = 25  # the worker has 20 to end what it has in hand
_AFTER = frozenset({"tracker", "post", "block-page"})
WEB_THREADS = min(8, 2 * (os.cpu_count() or 1))


def commands(place: Place) -> dict[str, tuple[str, list[str]]]:
    """Return process -> the database role it may use ('' for none), and its command."""
    web = ["--interface", "wsgi", "--host", LISTENS_ON, "--port", str(place.port), "--no-ws"]
    web += ["--blocking-threads", str(WEB_THREADS), "--log-level", "warning"]
    web += ["--workers-kill-timeout", str(LONGEST_STOP_SECONDS - 5)]
    dns = ["flask", "--app", "portal.parental.dns.app", "dns"]
    upstream = {"upstream": (roles.DNS, [*dns, "upstream"])}
    return {
        "web": (roles.APP, ["granian", *web, "wsgi:app"]),
        "worker": (roles.WORKER, ["flask", "jobs", "worker"]),
        "tracker": (roles.WORKER, ["flask", "sla", "track"]),
        "post": (roles.APP, ["flask", "appeals", "post"]),
        "dns-node": (roles.DNS, [*dns, "node"]),
        "dns": (roles.DNS, [*dns, "serve"]),
        "block-page": (roles.DNS, [*dns, "block-page"]),
        **(upstream if place.has_own_upstream else {}),
        "mail": ("", ["portal.laptop.mail_sink"]),
    }


def environment(place: Place, url: str | None) -> dict[str, str]:
    """Return the whole environment of a process that uses the database at `url`, or none."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    ours |= place.settings() | {MARK: str(place.var)}
    return ours | ({"DATABASE_URL": url} if url else {})


def supervise(place: Place, urls: Mapping[str, str]) -> str:
    """Run all processes until one ends by itself, or until SIGINT, SIGTERM or SIGHUP.

    Then ends all the others. Returns how the first one ended, '' if the stop was asked for.
    """
    manager.KILL_WAIT = LONGEST_STOP_SECONDS
    screen = _Screen()
    supervisor = manager.Manager(screen)
    for name, (role, command) in commands(place).items():
        line = shlex.join([sys.executable, *_begun(name, place), *command])
        supervisor.add_process(
            name, f"exec {line}", env=environment(place, urls.get(role)), cwd=str(place.root)
        )
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    supervisor.loop()
    return screen.first_end


def _begun(name: str, place: Place) -> list[str]:
    """Return how a process begins: what nobody waits for leaves the processors to the pages."""
    after = Path(__file__).with_name("after.py")
    return [str(after), place.ready_url] if name in _AFTER else ["-m"]


class _Screen(Printer):
    """Shows what the processes say; of the supervisor's own words, keeps who ended first."""

    STARTED = re.compile(r"web started \(pid=(\d+)\)")
    ENDED = re.compile(r"(.+) stopped \(rc=(-?\d+)\)|.* received")

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self._first: re.Match[str] | None = None
        self._web = 0

    @property
    def first_end(self) -> str:
        if self._first is None or self._first[1] is None:
            return ""
        return f"“{self._first[1]}” (code {self._first[2]})"

    def write(self, message: Message) -> None:
        if message.name == manager.SYSTEM_PRINTER_NAME:
            self._hear(message.data)
        else:
            super().write(message)

    def _hear(self, words: str) -> None:
        if started := self.STARTED.match(words):
            self._web = int(started[1])
        ended = self.ENDED.match(words)
        if ended and self._first is None:
            self._first = ended
            if self._web:
                threading.Thread(target=_insist, args=(self._web,), daemon=True).start()


def _insist(web: int) -> None:
    """Tell Granian and its children each second: they forget a signal that comes as they start."""
    with suppress(ProcessLookupError):
        while True:
            time.sleep(1)
            os.killpg(web, signal.SIGTERM)
