"""Identifiers: order in time, and numbers that catch a slip."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import ids

bodies = st.text(alphabet=ids.ALPHABET, min_size=6, max_size=6)


def test_a_uuid7_names_its_version_and_sorts_by_time() -> None:
    first = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    made = [ids.uuid7(first + timedelta(milliseconds=step)) for step in range(50)]

    assert {each.version for each in made} == {7}
    assert made == sorted(made)


def test_those_of_one_millisecond_sort_as_they_were_made() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    made = [ids.uuid7(at) for _ in range(10_000)]

    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {RFC_4122}


@given(bodies, st.integers(0, 5), st.sampled_from(ids.ALPHABET))
def test_one_wrong_character_is_found(body: str, place: int, wrong: str) -> None:
    changed = body[:place] + wrong + body[place + 1 :]

    assert (ids.check_character(changed) == ids.check_character(body)) == (changed == body)


@given(bodies, st.integers(0, 4))
def test_two_swapped_neighbours_are_found(body: str, place: int) -> None:
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]

    assert (ids.check_character(swapped) == ids.check_character(body)) == (swapped == body)


def test_a_number_is_read_as_people_type_it() -> None:
    number = ids.short_number(2026)

    assert ids.read_short_number(number) == number
    assert ids.read_short_number(f"  {number.lower().replace('-', ' ')} ") == number


@pytest.mark.parametrize("typed", ["", "26", "26-4F7K-", "юююю", "26-4F7K-33", "\0", "26-4U7K-3"])
def test_what_cannot_be_a_number_is_refused(typed: str) -> None:
    assert ids.read_short_number(typed) is None
