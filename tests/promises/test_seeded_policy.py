"""The operator's table of promises, row by row, as the seed states it.

Source: appeals-and-sla.md, “Promises (the clocks)”.
"""

import pytest

from portal.promises.policy import Rule
from tests.promises.factories import at, first_policy
from tests.promises.test_visits import POLICIES

POLICY = first_policy()
FRIDAY = "2026-11-20 19:30"  # after office hours; Monday is the next working day
ORAL = ("phone", "skype", "kiosk", "office")
WRITTEN = ("form", "email", "forum", "chat", "facebook", "skype", "kiosk")


@pytest.mark.parametrize(
    ("rule", "channels", "kind", "due"),
    [
        ("first_response", ("facebook",), "question", "2026-11-20 19:40"),
        ("first_response", ("chat", "forum"), "fault", "2026-11-20 19:35"),
        ("first_response", ORAL, "complaint", FRIDAY),
        ("first_response", ("form", "email"), "question", None),
        ("next_response", ("facebook",), "question", "2026-11-20 19:40"),
        ("next_response", ("chat", "forum"), "fault", "2026-11-20 19:35"),
        ("next_response", ("form", "email", *ORAL), "question", "2026-11-21 19:30"),
        ("interim", (*WRITTEN, "phone", "office"), "gratitude", "2026-11-21 00:00"),
        ("final_simple", WRITTEN, "question", "2026-11-21 19:30"),
        ("final_simple", WRITTEN, "complaint", "2026-11-21 19:30"),
        ("final_simple", ("phone", "office"), "question", None),
        ("final_simple", WRITTEN, "fault", None),  # that is a repair
        ("final_investigation", WRITTEN, "complaint", "2026-12-05 19:30"),
        ("final_limit", WRITTEN, "complaint", "2026-12-20 19:30"),
        ("waiting_limit", WRITTEN, "complaint", "2026-12-05 19:30"),
        ("claim", WRITTEN, "complaint", "2026-11-30 19:30"),
        ("forward", WRITTEN, "question", "2026-11-25 19:30"),  # Saturday, Sunday do not count
        ("repair", (*WRITTEN, "phone", "office"), "fault", "2026-11-22 19:30"),  # they do
        ("repair", WRITTEN, "question", None),
        ("rating_review", ("",), "", "2026-11-24 19:30"),
    ],
)
def test_each_row_is_in_the_policy(rule, channels, kind, due):
    for channel in channels:
        term = POLICY.term(Rule(rule), channel=channel, kind=kind)

        found = POLICY.due_at(term, at(FRIDAY)) if term else None

        assert found == (at(due) if due else None), channel


def test_a_visit_is_due_at_the_end_of_its_slot():
    policy = POLICIES[1]
    term = policy.term(Rule.VISIT)

    assert policy.due_at(term, at("2026-11-21 09:00")) == at("2026-11-21 11:00")
