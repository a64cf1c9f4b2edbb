"""The only place that knows what time it is. Everything is aware UTC."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class _Clock:
    """Wall time, shifted by a constant, or standing still in a test."""

    def __init__(self) -> None:
        self._shift = timedelta(0)
        self._frozen: datetime | None = None

    @property
    def frozen(self) -> datetime | None:
        return self._frozen

    def now(self) -> datetime:
        return self._frozen or datetime.now(UTC) + self._shift

    def start_at(self, start: datetime | None) -> None:
        self._shift = start - datetime.now(UTC) if start else timedelta(0)

    def freeze(self, moment: datetime | None) -> None:
        self._frozen = moment.astimezone(UTC) if moment else None


_clock = _Clock()


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _clock.now()


def start_at(start: datetime | None) -> None:
    """Let time start at `start` (aware) and run on from there; None is the real time.

    Source: the setting KABINET_NOW.
    """
    _clock.start_at(start)


def freeze(moment: datetime | None) -> None:
    """Stand still at `moment` (aware); None lets time run again. For tests."""
    _clock.freeze(moment)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Stand still at `moment` (aware) within the block: for the demo, whose past has to happen."""
    before = _clock.frozen
    _clock.freeze(moment)
    try:
        yield
    finally:
        _clock.freeze(before)


def monotonic() -> float:
    """Return seconds of a clock that never goes back, to measure lengths with."""
    return time.monotonic()
