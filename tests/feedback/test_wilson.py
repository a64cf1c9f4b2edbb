"""The interval of Wilson, against values computed elsewhere; and figures that are honest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.feedback.measuring import RatingFigures, ShoppingFigures, total
from portal.feedback.wilson import interval

# good, all, low, high: Newcombe, Statistics in Medicine 17 (1998), table I, method 3; and by hand.
KNOWN = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
    (29, 29, 0.8830, 1.0000),
    (5, 10, 0.2366, 0.7634),
    (0, 0, 0.0000, 1.0000),
    (1, 1, 0.2065, 1.0000),
]


@pytest.mark.parametrize(("good", "all_", "low", "high"), KNOWN)
def test_known_intervals(good, all_, low, high):
    assert interval(good, all_) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(("good", "all_"), [(-1, 5), (6, 5), (1, 0)])
def test_more_than_all_is_refused(good, all_):
    with pytest.raises(ValueError, match="part of all"):
        interval(good, all_)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_share_lies_within_and_more_answers_say_more(good, bad):
    low, high = interval(good, good + bad)

    assert 0 <= low <= high <= 1
    if good + bad:
        assert low <= good / (good + bad) <= high
        wider = high - low
        again = interval(10 * good, 10 * (good + bad))
        assert again.high - again.low <= wider


def test_a_share_of_few_is_not_told():
    assert RatingFigures(100, 29, 29).share is None
    assert RatingFigures(100, 30, 15).share == 0.5
    assert RatingFigures().response_rate is None
    assert total([RatingFigures(10, 4, 3), RatingFigures(10, 6, 1)]) == RatingFigures(20, 10, 4)


def test_the_gap_is_as_wide_as_the_interval():
    measured = RatingFigures(20, 10, 5)

    low, high = ShoppingFigures("office", {}, 2, 40.0, measured).gap or (0, 0)

    assert (round(low), round(high)) == (-16, 36)
    assert ShoppingFigures("office", {}, 0, None, measured).gap is None
    assert ShoppingFigures("office", {}, 2, 40.0, RatingFigures(5, 0, 0)).gap is None
