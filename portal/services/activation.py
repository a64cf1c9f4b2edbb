"""The one seam to the operator's network.

Each call carries a reference: asked twice under the same one, the network does it once and says
the same again.
"""

from dataclasses import dataclass
from typing import Protocol

from flask import current_app

from portal.core.errors import UpstreamError


@dataclass(frozen=True)
class Work:
    """What the network is to do. `service` is `<contract number>/<offering code>`."""

    reference: str
    service: str
    offering_code: str


@dataclass(frozen=True)
class Answer:
    """What the network said: done, or refused with the code of a reason."""

    is_done: bool
    reason: str | None = None


class NoAnswerError(UpstreamError):
    """The network did not answer: whether it did the work is not known."""


class ActivationGateway(Protocol):
    """A network that carries orders out. Each method may raise NoAnswerError."""

    def activate(self, work: Work) -> Answer: ...

    def change(self, work: Work) -> Answer: ...

    def deactivate(self, work: Work) -> Answer: ...

    def status(self, reference: str) -> Answer | None:
        """Return what became of a reference, None if the network never heard of it."""
        ...


def gateway() -> ActivationGateway:
    """Return the network that the setting ACTIVATION_GATEWAY names."""
    chosen: ActivationGateway = current_app.extensions["activation_gateway"]
    return chosen
