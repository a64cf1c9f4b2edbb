"""An operator's order management for tests (TMF641 version 4): a process and books of its own.

Run: `python -m tests.partners.network --books FILE`; the first line it prints is its address.
What it did stands in the table `done` of its SQLite file, a row for each time that work was done,
so that twice is seen as twice. `POST /control` with JSON sets the fields of `Mood`.

Source: TMF641 Service Ordering Management API, version 4.
"""

import argparse
import hashlib
import hmac
import json
import random
import socket
import sqlite3
import threading
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

API = "/tmf-api/serviceOrdering/v4"
TOKEN = "token-of-the-portal"
BOOKS = """
create table if not exists asked (reference text, action text, at real);
create table if not exists done (reference text, action text, service text, traits text, at real);
create table if not exists service_order (
  reference text, id text, action text, service text, traits text, state text, reason text,
  due_at real
);
"""


@dataclass
class Mood:
    """How the order management is today.

    `posts`, `gets`: faults of the next requests, one each, used up in turn ("" is none).
    `weather`: fault -> how likely each request meets it. A fault is drop_before, drop_after,
    wait_before, wait_after, 500, 503, garbage, endless or stranger.
    `takes`: seconds until work is done, 0: at once. `refusals`: "offering action" -> code.
    `is_forgiving`: a reference that is known is not done again (409 with `conflicts`).
    `callback`: where to tell what became of work; `secret` signs it; `copies` of each, shuffled.
    """

    posts: list[str] = field(default_factory=list)
    gets: list[str] = field(default_factory=list)
    weather: dict[str, float] = field(default_factory=dict)
    wait: float = 2.0
    takes: tuple[float, float] = (0, 0)
    refusals: dict[str, str] = field(default_factory=dict)
    is_forgiving: bool = True
    conflicts: bool = False
    callback: str = ""
    secret: str = ""
    copies: int = 1


class Network:
    """The books, the mood, and the clerk who finishes what is due."""

    def __init__(self, books: Path) -> None:
        self.mood = Mood()
        self.lock = threading.RLock()
        self.chance = random.SystemRandom()
        self.books = sqlite3.connect(books, check_same_thread=False, isolation_level=None)
        self.books.row_factory = sqlite3.Row
        self.books.executescript("pragma journal_mode = wal;" + BOOKS)
        threading.Thread(target=self._finish, daemon=True).start()

    def set_mood(self, asked: dict[str, Any]) -> None:
        with self.lock:
            self.mood = Mood(**asked)

    def fault(self, method: str) -> str:
        """Return what goes wrong with this request, or nothing."""
        with self.lock:
            planned = self.mood.posts if method == "POST" else self.mood.gets
            if planned:
                return planned.pop(0)
            for fault, likely in self.mood.weather.items():
                if self.chance.random() < likely:
                    return fault
        return ""

    def order(self, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take a service order; return status and answer."""
        [item] = sent["serviceOrderItem"]
        reference, action = sent["externalId"], item["action"]
        traits = {each["name"]: each["value"] for each in item["service"]["serviceCharacteristic"]}
        with self.lock:
            self.books.execute(
                "insert into asked values (?, ?, ?)", (reference, action, time.time())
            )
            known = self.find(reference)
            if known and self.mood.is_forgiving:
                return (409, {"code": "known"}) if self.mood.conflicts else (201, known[0])
            refusal = self.mood.refusals.get(f"{traits['offering']} {action}")
            takes = self.chance.uniform(*self.mood.takes)
            state = "failed" if refusal else "inProgress" if takes else "completed"
            row = (reference, uuid4().hex, action, item["service"]["name"], json.dumps(traits))
            self.books.execute(
                "insert into service_order values (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, state, refusal, time.time() + takes),
            )
            if state == "completed":
                self._do(row)
            return 201, self.find(reference)[-1]

    def find(self, reference: str) -> list[dict[str, Any]]:
        """Return the service orders of a reference as the standard writes them."""
        with self.lock:
            rows = self.books.execute(
                "select * from service_order where reference = ? order by rowid", (reference,)
            ).fetchall()
        return [_written(row) for row in rows]

    def _do(self, row: tuple[str, ...]) -> None:
        reference, _id, action, service, traits = row
        self.books.execute(
            "insert into done values (?, ?, ?, ?, ?)",
            (reference, action, service, traits, time.time()),
        )

    def _finish(self) -> None:
        while True:
            time.sleep(0.02)
            with self.lock:
                due = self.books.execute(
                    "select reference, id, action, service, traits from service_order"
                    " where state = 'inProgress' and due_at <= ?", (time.time(),)
                ).fetchall()  # fmt: skip
                for row in due:
                    self.books.execute("begin")
                    self._do(tuple(row))
                    self.books.execute(
                        "update service_order set state = 'completed' where id = ?", (row["id"],)
                    )
                    self.books.execute("commit")
            if due and self.mood.callback:
                threading.Thread(
                    target=self._tell, args=([row["reference"] for row in due],), daemon=True
                ).start()

    def _tell(self, references: list[str]) -> None:
        """Tell several times, in any order, also that it was only begun."""
        mood = self.mood
        states = [*["completed"] * mood.copies, "acknowledged", "inProgress"]
        news = [(reference, state) for reference in references for state in states]
        self.chance.shuffle(news)
        for reference, state in news:
            _post(mood.callback, mood.secret, event_of(reference, state))


def event_of(reference: str, state: str) -> bytes:
    """Return an event as the standard writes it."""
    subject = {"id": uuid4().hex, "externalId": reference, "state": state}
    event = {
        "eventId": uuid4().hex,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventType": "ServiceOrderStateChangeEvent",
        "event": {"serviceOrder": subject},
    }
    return json.dumps(event).encode()


def signed(secret: str, body: bytes, at: float) -> str:
    """Return the signature as Kabinet's deploy/README.md asks for it."""
    moment = str(int(at))
    seal = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={seal.hexdigest()}"


def _post(url: str, secret: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "X-Signature": signed(secret, body, time.time())}
    request = urllib.request.Request(url, body, headers)
    with suppress(OSError):  # Nobody listens just now: who wants to know will ask.
        urllib.request.urlopen(request, timeout=3).close()


def _written(row: sqlite3.Row) -> dict[str, Any]:
    faults = [{"code": row["reason"]}] if row["reason"] else []
    return {
        "id": row["id"],
        "externalId": row["reference"],
        "state": row["state"],
        "serviceOrderItem": [{"id": "1", "action": row["action"], "errorMessage": faults}],
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    network: Network

    def log_message(self, *_words: object) -> None:
        """Stay silent."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/control":
            self.network.set_mood(sent)
            self._say(200, {})
        elif self._may(self.path):
            self._serve("POST", lambda: self.network.order(sent))

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = parse_qs(url.query).get("externalId", [""])[0]
        if self._may(url.path):
            self._serve("GET", lambda: (200, self.network.find(asked)))

    def _may(self, path: str) -> bool:
        """Refuse another address, or somebody without the token."""
        status = 404 if path != f"{API}/serviceOrder" else 401
        may = status == 401 and self.headers["Authorization"] == f"Bearer {TOKEN}"
        if not may:
            self._say(status, {"code": str(status)})
        return may

    def _serve(self, method: str, act: Any) -> None:
        fault = self.network.fault(method)
        if fault == "wait_before":
            time.sleep(self.network.mood.wait)
        if fault == "drop_before":
            self._drop()
        elif fault in {"500", "503"}:
            self._say(int(fault), {"code": "down"})
        else:
            self._answer(fault, *act())

    def _answer(self, fault: str, status: int, answer: Any) -> None:
        if fault == "wait_after":
            time.sleep(self.network.mood.wait)
        if fault == "drop_after":
            self._drop()
        elif fault == "garbage":
            self._say(200, None, b"<html>Maintenance</html>")
        elif fault == "endless":
            self._drip()
        elif fault == "stranger":
            self._say(status, {"externalId": "of-somebody-else", "state": "completed"})
        else:
            self._say(status, answer)

    def _say(self, status: int, answer: Any, body: bytes | None = None) -> None:
        body = json.dumps(answer).encode() if body is None else body
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # Who asked is gone.

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(200):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass
        self.close_connection = True

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_request: object) -> None:
        """Say nothing of a caller who was killed in the middle."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--books", type=Path, required=True)
    chosen = parser.parse_args()
    Handler.network = Network(chosen.books)
    server = Server(("127.0.0.1", chosen.port), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - tells its parent
    server.serve_forever()


if __name__ == "__main__":
    main()
