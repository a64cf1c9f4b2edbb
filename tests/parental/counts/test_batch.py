"""What a server tells of closed questions, and how a node adds it up."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from portal.parental.dns import closings
from portal.parental.dns.closings import Closing, encode
from portal.parental.dns.counting import MOST, SLICE, Batch
from portal.parental.policy import wire_name
from portal.parental.verdict import Outcome

NOON = datetime(2026, 11, 22, 7, tzinfo=UTC)


@pytest.mark.parametrize("outcome", closings.CODES)
def test_what_is_told_is_heard(outcome):
    told = encode(7, outcome, 0b1010_0000, wire_name("x.casino.com"))

    assert Closing.decode(told) == Closing(7, outcome, 5, "x.casino.com")
    assert Closing.decode(encode(2**32 - 1, outcome, 0)) == Closing(2**32 - 1, outcome, None)
    assert Closing.decode(encode(1, outcome, 1 << 63)).bit == 63


@pytest.mark.parametrize("data", [b"", b"123", b"1234\x05\x01", b"1234\x00\x01\x09ab"])
def test_what_is_no_closing_is_refused(data):
    with pytest.raises(ValueError, match="not a closing"):
        Closing.decode(data)


def written(batch):
    """Return what is written, statement by statement."""
    added = []
    batch.write(lambda cut: added.append(cut.rows))
    return added


def test_a_batch_counts_by_the_day_in_kazakhstan():
    batch = Batch()
    for at in (NOON, NOON + timedelta(hours=11, minutes=59), NOON + timedelta(hours=12)):
        batch.add(Closing(7, Outcome.CATEGORY, 3), at)
    batch.add(Closing(7, Outcome.OWN_BLOCK, None, "a\0b.kz"), NOON)

    counts, names = written(batch)

    rows = zip(counts["day"], counts["outcome"], counts["bit"], counts["times"], strict=True)
    assert list(rows) == [
        (date(2026, 11, 22), "category", 3, 2),
        (date(2026, 11, 22), "own_block", -1, 1),
        (date(2026, 11, 23), "category", 3, 1),
    ]
    assert names["name"] == ["a?b.kz"]
    assert not batch


def test_a_batch_does_not_grow_without_end():
    batch = Batch()
    for policy_id in range(MOST + 5):
        batch.add(Closing(policy_id, Outcome.PAUSE, None), NOON)

    assert (len(batch.counts), batch.dropped) == (MOST, 5)


def test_a_slice_of_which_nobody_heard_is_written_again_as_it_was():
    batch, given = Batch(), []
    for policy_id in range(2 * SLICE + 1):
        batch.add(Closing(policy_id, Outcome.PAUSE, None, "a.kz"), NOON)

    def put(cut):
        given.append(cut)
        if len(given) in {2, 5}:
            raise psycopg.OperationalError

    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            batch.write(put)
        batch.add(Closing(SLICE, Outcome.PAUSE, None), NOON)
    batch.write(put)

    lengths = [(len(cut.rows["policy"]), cut.has_names) for cut in given]
    assert lengths == [
        *((SLICE, False), (SLICE, False), (SLICE, False), (2, False)),
        *((SLICE, True), (SLICE, True), (1, False), (SLICE, True), (1, True)),
    ]
    assert given[1] is given[2]
    assert given[4] is given[5]
    numbers = [cut.number for cut in given]
    assert numbers == sorted(numbers)
    assert len({cut.run_id for cut in given}) == 1
    whole = {cut.number: cut.rows for cut in given if not cut.has_names}
    assert sum(sum(rows["times"]) for rows in whole.values()) == 2 * SLICE + 1 + 2
    assert not batch
