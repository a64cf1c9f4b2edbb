"""The one seam to the operator's network.

Each call carries a reference: asked twice under the same one, the network does it once and says
the same again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from flask import current_app

from portal.core.errors import UpstreamError


class Operation(StrEnum):
    ACTIVATE = "activate"
    CHANGE = "change"
    DEACTIVATE = "deactivate"


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    UNDER_WAY = "under_way"  # the network took it, and will be asked again what became of it


@dataclass(frozen=True)
class Work:
    """What the network is to do. `service` is `<contract number>/<offering code>`.

    `change` is what becomes different about a running service, e.g. {"state": "suspended"}; empty
    unless the operation is a change.
    """

    reference: str
    service: str
    offering_code: str
    change: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the network said; a refusal comes with the code of its reason."""

    outcome: Outcome
    reason: str | None = None

    @property
    def is_done(self) -> bool:
        return self.outcome is Outcome.DONE


class NoAnswerError(UpstreamError):
    """The network did not answer: whether it did the work is not known."""


class NetworkDownError(UpstreamError):
    """The network failed too often in a row: it is not asked before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class ActivationGateway(Protocol):
    """A network that carries orders out.

    Each method may raise NoAnswerError, and NetworkDownError if it was not asked at all or if
    nobody shall ask for a while.
    """

    def activate(self, work: Work) -> Answer: ...

    def change(self, work: Work) -> Answer: ...

    def deactivate(self, work: Work) -> Answer: ...

    def status(self, reference: str) -> Answer | None:
        """Return what became of a reference, None if the network never heard of it."""
        ...

    def close(self) -> None:
        """Let go of its connections."""
        ...


@dataclass(frozen=True)
class Deed:
    """What an item of an order asks of the network, and how it is taken back."""

    operation: Operation
    change: dict[str, str] = field(default_factory=dict)


_DEEDS = {
    ("add", None): Deed(Operation.ACTIVATE),
    ("delete", None): Deed(Operation.DEACTIVATE),
    ("modify", "pause"): Deed(Operation.CHANGE, {"state": "suspended"}),
    ("modify", "resume"): Deed(Operation.CHANGE, {"state": "running"}),
}
_REVERSE: dict[tuple[str, str | None], tuple[str, str | None]] = {
    ("add", None): ("delete", None),
    ("delete", None): ("add", None),
    ("modify", "pause"): ("modify", "resume"),
    ("modify", "resume"): ("modify", "pause"),
}


def deed_of(act: str, change: str | None, *, undoes: bool = False) -> Deed:
    """Return what an item of this act and change asks for, or what takes it back (`undoes`)."""
    asked = (act, change)
    return _DEEDS[_REVERSE[asked] if undoes else asked]


def ask(network: ActivationGateway, operation: Operation, work: Work) -> Answer:
    """Ask `network` for an operation. Raises NoAnswerError."""
    match operation:
        case Operation.ACTIVATE:
            return network.activate(work)
        case Operation.CHANGE:
            return network.change(work)
        case Operation.DEACTIVATE:
            return network.deactivate(work)


def gateway() -> ActivationGateway:
    """Return the network that the setting ACTIVATION_GATEWAY names."""
    chosen: ActivationGateway = current_app.extensions["activation_gateway"]
    return chosen
