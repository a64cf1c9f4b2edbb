"""The operator's order management over HTTP: a gateway that speaks TMF641.

It sends each piece of work once and says what it heard. What is not known afterwards is asked
for by its reference (`status`), never sent again blindly: that is for who calls.
"""

import json
import logging
import time
from dataclasses import dataclass
from typing import Any

import httpx

from portal.services import tmf641
from portal.services.activation import Answer, NoAnswerError, Operation, Outcome, Work

log = logging.getLogger(__name__)

LARGEST_ANSWER = 256 * 1024
FIELDS = "externalId,state,errorMessage,serviceOrderItem"
REFUSES = frozenset({400, 422})
ALREADY_HAS = 409


@dataclass(frozen=True)
class Access:
    """Where the order management is, our token, and how long it may take, in seconds."""

    url: str
    token: str
    connect_seconds: int
    answer_seconds: int


@dataclass(frozen=True)
class _Reply:
    status: int
    body: bytes


class OrderManagement:
    """An ActivationGateway that orders services of the operator's own order management."""

    def __init__(self, access: Access) -> None:
        self._access = access
        bearer = {"Authorization": f"Bearer {access.token}"} if access.token else {}
        self._wire = httpx.Client(
            base_url=access.url,
            headers={"Accept": "application/json", **bearer},
            timeout=httpx.Timeout(access.answer_seconds, connect=access.connect_seconds),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of its connections."""
        self._wire.close()

    def activate(self, work: Work) -> Answer:
        return self._order(Operation.ACTIVATE, work)

    def change(self, work: Work) -> Answer:
        return self._order(Operation.CHANGE, work)

    def deactivate(self, work: Work) -> Answer:
        return self._order(Operation.DEACTIVATE, work)

    def status(self, reference: str) -> Answer | None:
        asked = {"externalId": reference, "fields": FIELDS}
        reply = self._send("GET", params=asked)
        if reply.status != httpx.codes.OK:
            raise NoAnswerError(f"{reference}: status {reply.status}")
        try:
            return tmf641.answer_among(reply.body, reference)
        except tmf641.UnreadableError as error:
            raise NoAnswerError(f"{reference}: {error}") from error

    def _order(self, operation: Operation, work: Work) -> Answer:
        reply = self._send("POST", json=tmf641.order_for(operation, work))
        if reply.status in REFUSES:
            return Answer(Outcome.REFUSED, _code(reply.body))
        if reply.status == ALREADY_HAS:
            if known := self.status(work.reference):
                return known
            raise NoAnswerError(f"{work.reference}: refused as known, but not known")
        if not httpx.codes.is_success(reply.status):
            raise NoAnswerError(f"{work.reference}: status {reply.status}")
        try:
            return tmf641.answer_in(reply.body, work.reference)
        except tmf641.UnreadableError as error:
            raise NoAnswerError(f"{work.reference}: {error}") from error

    def _send(self, method: str, **options: Any) -> _Reply:
        """Send a request and read the whole answer in time. Raises NoAnswerError."""
        ends = time.monotonic() + self._access.connect_seconds + self._access.answer_seconds
        body = b""
        try:
            with self._wire.stream(method, "/serviceOrder", **options) as answer:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER or time.monotonic() > ends:
                        raise NoAnswerError("an answer without an end")
        except httpx.HTTPError as error:
            log.warning("network.silent method=%s kind=%s", method, type(error).__name__)
            raise NoAnswerError(f"{type(error).__name__}: {error}") from error
        return _Reply(answer.status_code, body)


def _code(body: bytes) -> str:
    """Return the code of an error of TM Forum, if it can be a reason of ours."""
    try:
        found = json.loads(body)
    except ValueError:
        return "refused"
    return tmf641.reason_of(str(found.get("code", "")) if isinstance(found, dict) else "")
