"""What an entry is worth."""

import pytest

from portal.feedback.shopping.scoring import Question, score

LIST = [Question("a", 3, {}), Question("b", 1, {}), Question("c", 4, {})]


@pytest.mark.parametrize(
    ("replies", "points"),
    [
        ({"a": "yes", "b": "yes", "c": "yes"}, 100),
        ({"a": "no", "b": "no", "c": "no"}, 0),
        ({"a": "yes", "b": "no", "c": "no"}, 38),  # 37.5
        ({"a": "yes", "b": "no", "c": "not_met"}, 75),
        ({"a": "no", "b": "yes", "c": "no"}, 13),  # 12.5
        ({"a": "not_met", "b": "not_met", "c": "not_met"}, None),
        ({"a": "yes", "b": "yes"}, None),
        ({}, None),
    ],
)
def test_the_score_is_the_weight_of_what_was_done_of_what_could_be(replies, points):
    assert score(LIST, replies) == points
