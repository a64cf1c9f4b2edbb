"""The operator's order management as a process of its own, and what stands in its books."""

import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.partners.network import API, TOKEN
from tests.partners.running import partner

SECRET = "a-secret-of-the-order-management-that-is-long-enough"


@dataclass
class Operator:
    """Where it listens, and the file of its books."""

    address: str
    books: Path

    @property
    def settings(self) -> dict[str, str]:
        """Return the portal's settings that lead to it."""
        return {
            "ACTIVATION_GATEWAY": "tmf641",
            "TMF641_URL": f"{self.address}{API}",
            "TMF641_TOKEN": TOKEN,
            "TMF641_SECRETS": SECRET,
            "TMF641_CONNECT_SECONDS": "1",
            "TMF641_ANSWER_SECONDS": "1",
        }

    def be(self, **mood: Any) -> None:
        """Change its mood: see `tests/partners/network.py`."""
        body = json.dumps(mood).encode()
        request = urllib.request.Request(f"{self.address}/control", body)
        urllib.request.urlopen(request, timeout=5).close()

    def done(self) -> list[tuple[str, str]]:
        """Return (action, offering) for each time that work was done, oldest first."""
        return [(action, service.split("/")[1]) for action, service in self.look(
            "select action, service from done order by rowid"
        )]  # fmt: skip

    def look(self, query: str) -> list[tuple[Any, ...]]:
        """Read the books."""
        with closing(sqlite3.connect(self.books)) as books:
            return books.execute(query).fetchall()


@contextmanager
def an_operator(folder: Path) -> Iterator[Operator]:
    """Run one; it ends with the test."""
    books = folder / "network.sqlite"
    with partner("tests.partners.network", "--books", str(books)) as address:
        yield Operator(address, books)
