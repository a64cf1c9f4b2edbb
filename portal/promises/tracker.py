"""The tracker: a process that tells of each step of a promise as its time comes."""

import logging
import signal
import threading
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import OperationalError

from portal.core import clock
from portal.core.db import transaction
from portal.promises import timing

log = logging.getLogger(__name__)

AT_ONCE = 200
LONGEST_REST = timedelta(seconds=1)
_SHORTEST_REST = timedelta(milliseconds=50)  # What is due may be in another one's hands.
_SHUNNED_FOR_SECONDS = 60


class Tracker:
    """Tells what is due, then rests until the next step, a second at most; several may run at once.

    What it claims and what it tells are one transaction: a killed tracker leaves all to the next.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._shunned: dict[UUID, float] = {}

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; what is in hand ends first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        log.info("tracker.started")
        while not self._stop.is_set():
            self._stop.wait(self.round().total_seconds())

    def round(self) -> timedelta:
        """Tell what is due, AT_ONCE at most; return how long there is nothing to do."""
        try:
            if self._tell(AT_ONCE) == AT_ONCE:
                return timedelta()
            return self._rest()
        except OperationalError:
            log.warning("tracker.database_is_away", exc_info=True)
            return LONGEST_REST
        except Exception:
            log.exception("tracker.failed")
        return self._tell_singly()

    def _tell(self, most: int) -> int:
        with transaction():
            return timing.pass_time(most=most, but=self._out_of_reach())

    def _tell_singly(self) -> timedelta:
        """Tell one by one, so that one that cannot be told holds up no other; it waits a minute."""
        for _ in range(AT_ONCE):
            with transaction():
                first = timing.first_due(self._out_of_reach())
            if first is None:
                break
            try:
                self._tell(1)
            except OperationalError:
                break
            except Exception:
                log.exception("tracker.cannot_tell promise=%s", first)
                self._shunned[first] = clock.monotonic() + _SHUNNED_FOR_SECONDS
        return _SHORTEST_REST

    def _out_of_reach(self) -> set[UUID]:
        now = clock.monotonic()
        self._shunned = {key: until for key, until in self._shunned.items() if until > now}
        return set(self._shunned)

    def _rest(self) -> timedelta:
        with transaction():
            upcoming = timing.next_step_at(self._out_of_reach())
        ahead = upcoming - clock.now() if upcoming else LONGEST_REST
        return max(min(ahead, LONGEST_REST), _SHORTEST_REST)
