"""Throttles: true across processes, whatever becomes of the request."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.core import clock, throttle
from portal.core.errors import ThrottledError
from tests.live import Live

pytestmark = pytest.mark.live
WINDOW = timedelta(minutes=15)


def test_the_sixth_try_is_refused_with_the_time_left(live: Live) -> None:
    clock.freeze(clock.now())
    with live.app().app_context():
        for _ in range(5):
            throttle.hit("door", limit=5, window=WINDOW)

        with pytest.raises(ThrottledError) as refused:
            throttle.hit("door", limit=5, window=WINDOW)

    assert refused.value.retry_after == 900


def test_two_processes_count_together(live: Live) -> None:
    one, other = live.app(), live.app()
    for app in (one, other, one, other, one):
        with app.app_context():
            throttle.hit("door", limit=5, window=WINDOW)

    with other.app_context(), pytest.raises(ThrottledError):
        throttle.hit("door", limit=5, window=WINDOW)


def test_it_opens_again_after_the_window(live: Live) -> None:
    start = clock.now()
    with live.app().app_context():
        clock.freeze(start)
        throttle.hit("door", limit=1, window=WINDOW)
        clock.freeze(start + WINDOW)

        throttle.hit("door", limit=1, window=WINDOW)


def test_a_right_answer_forgets_the_tries(live: Live) -> None:
    with live.app().app_context():
        throttle.hit("door", limit=1, window=WINDOW)

        throttle.forget("door")

        throttle.hit("door", limit=1, window=WINDOW)


def test_the_table_keeps_no_address(live: Live) -> None:
    with live.app().app_context():
        throttle.hit("sign-in:alice@example.kz", limit=1, window=WINDOW)

    with live.session() as owner:
        assert "alice" not in str(owner.scalars(text("select key from throttle")).all())
