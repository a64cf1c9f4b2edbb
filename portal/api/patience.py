"""How long we wait for a receiver that does not take its events. Pure."""

from datetime import timedelta

LONGEST_WAIT = timedelta(hours=6)
LONGEST_REST = timedelta(minutes=5)
_SPREAD = 0.2


def wait_after(tries: int, *, first: timedelta, chance: float) -> timedelta:
    """Return when an event is tried again after its `tries`-th failure: first, 4 ×, 16 × ...

    `chance` (0 to 1) moves it by up to a fifth, so that not all come back at once.
    """
    length = min(_grown(first, 4, tries - 1), LONGEST_WAIT)
    return length * (1 - _SPREAD + 2 * _SPREAD * chance)


def rest_after(failures: int, *, first: timedelta) -> timedelta:
    """Return how long a receiver is left alone after so many failures in a row.

    One failure is the event's own; from the second on it is the receiver: first, 2 ×, 4 × ...
    """
    if failures < 2:
        return timedelta(0)
    return min(_grown(first, 2, failures - 2), LONGEST_REST)


def _grown(first: timedelta, factor: int, times: int) -> timedelta:
    return first * int(factor ** min(times, 20))
