"""The chaos run can fail: whatever is lost, doubled or stuck is counted."""

import pytest

from tests.chaos.verdict import Intent, judge

ADD, DELETE = ("add", "1/plan"), ("delete", "1/plan")
ONE = Intent("1", (ADD,), "one")


def told(orders, done, running, meant=(ONE,), at_first=()):
    return str(judge(meant, orders, done, running, at_first)).removeprefix("RESULT ")


def test_all_is_well():
    assert told({"one": ("1", "completed")}, [ADD], ["1/plan"]) == "lost=0 doubled=0 stuck=0"


def test_nothing_at_all_is_no_success_of_what_was_meant():
    assert told({}, [], []) == "lost=4 doubled=0 stuck=0"


@pytest.mark.parametrize(
    ("orders", "done", "running", "expected"),
    [
        ({"one": ("1", "completed")}, [], ["1/plan"], "lost=1 doubled=0 stuck=0"),
        ({"one": ("1", "completed")}, [ADD, ADD], ["1/plan"], "lost=0 doubled=1 stuck=0"),
        ({"one": ("1", "completed")}, [ADD], [], "lost=1 doubled=0 stuck=0"),
        ({"one": ("1", "failed")}, [ADD], ["1/plan"], "lost=1 doubled=0 stuck=0"),
        ({"one": ("1", "held")}, [ADD], ["1/plan"], "lost=0 doubled=0 stuck=1"),
        ({"one": ("2", "completed")}, [ADD], ["1/plan"], "lost=2 doubled=1 stuck=0"),
        (
            {"one": ("1", "completed"), "two": ("1", "completed")},
            [ADD],
            ["1/plan"],
            "lost=0 doubled=1 stuck=0",
        ),
    ],
)
def test_each_fault_is_counted(orders, done, running, expected):
    assert told(orders, done, running) == expected


def test_what_was_taken_back_leaves_what_was_there():
    failed = Intent("1", (DELETE, ADD), "one", ends="failed")

    verdict = told({"one": ("1", "failed")}, [DELETE, ADD], ["1/plan"], [failed], ["1/plan"])

    assert verdict == "lost=0 doubled=0 stuck=0"
