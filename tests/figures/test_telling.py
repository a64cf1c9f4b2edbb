"""Shares, quantiles, and what is too little to be told."""

from datetime import timedelta

import pytest

from portal.figures.telling import Sums, Times, share_of, total


@pytest.mark.parametrize(
    ("steps", "median", "slow"),
    [
        (((5, 1),), 5, 5),
        (((1, 1), (2, 1)), 1, 2),
        (((1, 5), (10, 4), (600, 1)), 1, 10),
        (((1, 5), (10, 3), (600, 2)), 1, 600),
        (((0, 99), (1440, 1)), 0, 0),
    ],
)
def test_a_quantile_is_the_shortest_time_that_is_enough(steps, median, slow):
    times = Times(steps)

    assert times.median == timedelta(minutes=median)
    assert times.slow == timedelta(minutes=slow)


def test_of_nobody_there_is_no_quantile():
    assert Times().median is None


def test_what_was_replaced_is_never_in_time():
    sums = Sums(received=20, in_time=15, replaced=4, late=1)

    assert (sums.decided, sums.share) == (20, 75)
    assert Sums(received=3, running=3).share is None


def test_a_sum_for_the_public_hides_what_subtraction_would_show():
    groups = {
        "form": Sums(received=100, in_time=90, times=Times(((5, 90),))),
        "kiosk": Sums(received=9, late=9, times=Times(((5, 1), (9, 1)))),
    }

    assert total(groups, only_told=True) == groups["form"]
    assert total(groups).received == 109
    assert total(groups).times == Times(((5, 91), (9, 1)))


def test_of_a_few_only_the_interval_is_told():
    assert share_of(29, 29)[0] is None
    share, probably = share_of(27, 30)
    assert share == 90
    assert 0.7 < probably.low < 0.9 < probably.high < 1
