"""Domain events: one domain tells, others listen, all inside the same transaction."""

from collections.abc import Callable
from typing import Any, TypeVar

from blinker import Namespace

E = TypeVar("E")
_signals = Namespace()


def on(event_class: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a listener of an event class (of `portal/events.py`).

    A listener changes its own domain's tables or enqueues a job; whatever it raises ends the
    whole transaction.
    """

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        def receive(_sender: Any, event: E) -> None:
            listener(event)

        _signals.signal(event_class.__qualname__).connect(receive, weak=False)
        return listener

    return register


def publish(event: Any) -> None:
    """Call every listener of the event's class, now, in this transaction."""
    _signals.signal(type(event).__qualname__).send(None, event=event)
