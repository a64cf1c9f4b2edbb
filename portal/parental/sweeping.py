"""The nightly sweep: all that need not be kept any longer goes, in transactions that are short."""

from collections.abc import Callable
from functools import partial

from portal.core import clock
from portal.core.db import transaction
from portal.parental import actions, queries
from portal.parental.counts import actions as counts
from portal.parental.devices import actions as devices

_PARTS = (
    *actions.PARTS_OF_SWEEP,
    counts.forget_old_counts,
    counts.forget_old_names,
    counts.forget_old_runs,
    devices.forget_revoked,
)


def forget_what_is_over() -> None:
    """Forget lists that are kept no longer, then old rows of every kind."""
    with transaction():
        over = queries.profiles_to_forget(at=clock.now())
    for profile_id in over:
        _all_of(partial(actions.forget_lists, profile_id))
    for forget in _PARTS:
        _all_of(forget)


def _all_of(forget: Callable[[], int]) -> None:
    gone = 1
    while gone:
        with transaction():
            gone = forget()
