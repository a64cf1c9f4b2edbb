"""The feed with real transactions: nothing is skipped, and a subject's events keep their order."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from portal.api.feed import Fact, Place, Subject, append, events_after, place_of_now, read_place
from portal.core import audit, clock
from portal.core.db import transaction
from portal.core.errors import RuleError


@pytest.fixture
def writers(town):
    """Three connections with transactions of their own."""
    sessions = [town.live.session("kabinet_worker") for _ in range(3)]
    with town.app.app_context():
        yield sessions
    for session in sessions:
        session.close()


def now():
    with transaction():
        return place_of_now()


def read(place):
    """Return (numbers, place behind them) of what the feed gives after a place."""
    with transaction(staff=True):
        rows = events_after(place)
    after = Place(rows[-1].xid, rows[-1].seq) if rows else place
    return [row.data["n"] for row in rows], after


def test_a_reader_skips_nobody_and_a_subject_keeps_its_order(writers):
    one, other = Subject("appeal", uuid4()), Subject("appeal", uuid4())
    slow, quick, late = writers
    start = now()
    late.connection().exec_driver_sql("select pg_current_xact_id()")  # as a form's claim does
    append([Fact("test.happened", one, {"n": 1})], slow)
    append([Fact("test.happened", other, {"n": 2})], quick)
    quick.commit()
    assert read(start) == ([], start)  # The slow one may still come before it.

    slow.commit()
    assert read(start) == ([], start)  # `late` began before both.

    append(
        [Fact("test.happened", other, {"n": 3})], late
    )  # It waited for the appeal, which `quick` held first.
    late.commit()
    found, place = read(start)
    assert sorted(found) == [1, 2, 3]
    assert found.index(2) < found.index(3)

    append([Fact("test.happened", one, {"n": 4})], quick)
    quick.commit()
    assert read(place)[0] == [4]


def test_months_are_made_ahead_and_hold_their_events(worker):
    clock.freeze(datetime(2027, 5, 3, tzinfo=UTC))
    with worker.app_context(), transaction() as own:
        audit.make_partitions(own)
        append([Fact("test.happened", Subject("appeal", uuid4()), {"n": 5})])
        named = text("select tableoid::regclass::text from event order by at desc limit 1")
        assert own.scalar(named) == "event_2027_05"
        assert own.scalar(text("select to_regclass('event_2027_08') is not null"))


@pytest.mark.parametrize("written", ["0", "x", "-1-2", "9" * 20 + "-" + "0" * 20, "٠" * 20, "\0"])
def test_a_cursor_that_nobody_gave_out_is_refused(written):
    with pytest.raises(RuleError):
        read_place(written)


def test_a_place_is_written_so_that_it_sorts():
    places = [Place(2, 9), Place(10, 1), Place(10, 12), Place(9, 100)]

    assert sorted(map(str, places)) == [str(each) for each in sorted(places)]
    assert read_place(str(places[2])) == places[2]
    assert read_place(None) == Place(0, 0)
