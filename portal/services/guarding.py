"""A network that is not asked while it is down: all workers share one circuit, in the database."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.core import clock, ids
from portal.core.db import separately
from portal.services.activation import (
    ActivationGateway,
    Answer,
    NetworkDownError,
    NoAnswerError,
    Work,
)
from portal.services.circuit import Circuit, Closed, after_failure, enter
from portal.services.models import NetworkCircuit

log = logging.getLogger(__name__)
T = TypeVar("T")


def circuit_of(own: Session, name: str, *, for_update: bool = False) -> Circuit:
    """Return the circuit of a network; a new one if it never failed."""
    columns = (
        NetworkCircuit.failures,
        NetworkCircuit.opened_at,
        NetworkCircuit.open_until,
        NetworkCircuit.probe_until,
    )
    query = select(*columns).where(NetworkCircuit.name == name)
    row = own.execute(query.with_for_update() if for_update else query).one_or_none()
    return Circuit(*row) if row else Circuit()


class Guarded:
    """An ActivationGateway around another one, whose failures are counted under `name`.

    Each method raises NetworkDownError without asking while the circuit is open.
    """

    def __init__(self, network: ActivationGateway, name: str) -> None:
        self._network = network
        self._name = name

    def close(self) -> None:
        self._network.close()

    def activate(self, work: Work) -> Answer:
        return self._call(lambda: self._network.activate(work))

    def change(self, work: Work) -> Answer:
        return self._call(lambda: self._network.change(work))

    def deactivate(self, work: Work) -> Answer:
        return self._call(lambda: self._network.deactivate(work))

    def status(self, reference: str) -> Answer | None:
        return self._call(lambda: self._network.status(reference))

    def _call(self, call: Callable[[], T]) -> T:
        self._enter()
        try:
            answer = call()
        except NoAnswerError as error:
            self._fail(error)
            raise
        self._succeed()
        return answer

    def _enter(self) -> None:
        now = clock.now()
        with separately() as own:
            if circuit_of(own, self._name).is_closed:
                return
            entered = enter(self._locked(own), now)
            if isinstance(entered, Closed):
                raise NetworkDownError(entered.until)
            self._keep(own, entered)

    def _fail(self, error: NoAnswerError) -> None:
        """Count a failure. Raises NetworkDownError if the circuit is open now."""
        with separately() as own:
            circuit = after_failure(self._locked(own), clock.now())
            self._keep(own, circuit)
        if circuit.open_until:
            log.error(
                "network.not_asked until=%s failures=%s why=%s",
                circuit.open_until.isoformat(timespec="seconds"), circuit.failures, error,
            )  # fmt: skip
            raise NetworkDownError(circuit.open_until) from error

    def _succeed(self) -> None:
        with separately() as own:
            if circuit_of(own, self._name) != Circuit():
                self._keep(own, Circuit())

    def _locked(self, own: Session) -> Circuit:
        """Return the circuit, which nobody else changes until the transaction ends."""
        row = insert(NetworkCircuit).values(id=ids.uuid7(), name=self._name, failures=0)
        own.execute(row.on_conflict_do_nothing())
        return circuit_of(own, self._name, for_update=True)

    def _keep(self, own: Session, circuit: Circuit) -> None:
        mine = NetworkCircuit.name == self._name
        own.execute(update(NetworkCircuit).where(mine).values(**asdict(circuit)))
