"""An event goes to a receiver: over https, guarded, and never for long."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import httpcore

from portal.api import signing
from portal.config import Settings
from portal.core import clock
from portal.core.outside import Deadline, Guard, PrivateAddressError, guarded_pool, words

PATIENCE = 5.0  # seconds for one event
_SILENCE = 3.0
_MOST_READ = 64 * 1024  # bytes of an answer that says no more than its status


@dataclass(frozen=True)
class Sent:
    """What became of it. `fault` is None if the receiver took it, else a few technical words."""

    fault: str | None
    seconds: float


class Sender:
    """A connection to one receiver, kept open from event to event."""

    def __init__(self, webhook_id: UUID, url: str, settings: Settings) -> None:
        self._id = webhook_id
        self._url = url
        self._keys: Sequence[str] = (settings.secret_key, *settings.secret_key_fallbacks)
        self._deadline = Deadline(PATIENCE)
        self._pool = guarded_pool(
            Guard(settings.webhook_networks, patience=PATIENCE), self._deadline
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()

    def send(self, event_id: UUID, envelope: dict[str, Any]) -> Sent:
        """Post an event; whatever goes wrong comes back as words."""
        body = json.dumps(envelope, ensure_ascii=False).encode()
        began = time.monotonic()
        self._deadline.begin()
        return Sent(self._post(event_id, body), time.monotonic() - began)

    def _post(self, event_id: UUID, body: bytes) -> str | None:
        proof = signing.headers(self._id, event_id, body, at=clock.now(), keys=self._keys)
        told = [
            ("Host", urlsplit(self._url).netloc),
            ("User-Agent", "Kabinet"),
            ("Content-Type", "application/cloudevents+json; charset=utf-8"),
            ("Content-Length", str(len(body))),
        ]
        wait = dict.fromkeys(("connect", "read", "write", "pool"), _SILENCE)
        try:
            with self._pool.stream(
                "POST", self._url, headers=told + proof, content=body, extensions={"timeout": wait}
            ) as answer:
                _read_out(answer)
                return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
        except PrivateAddressError as error:
            return f"{error} is inside a private network"
        except (httpcore.TimeoutException, TimeoutError):
            return "no answer in time"
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return words(error)


def _read_out(answer: httpcore.Response) -> None:
    """Read what the receiver says, so that the connection serves again; not all of a flood."""
    count = 0
    for piece in answer.iter_stream():
        count += len(piece)
        if count > _MOST_READ:
            return
