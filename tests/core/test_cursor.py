import base64
import json

import pytest


def cursor(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "",
        "no cursor",
        "\0",
        "ә",
        cursor([]),
        cursor([["s", "not a uuid"]]),
        cursor([["s", "\0"]]),
        cursor([["t", "2026-11-22T12:00:00+00:00"]]),
        cursor([["u", "not a uuid"]]),
        cursor([["x", "1"]]),
        cursor({"u": 1}),
        cursor([["u", 7]]),
    ],
)
def test_a_cursor_that_nobody_gave_out_starts_from_the_beginning(browser, alice, after):
    browser.log_in(alice)

    page = browser.get("appeals.list_appeals", account_id=alice.account_id, after=after)

    assert page.status == 200


@pytest.mark.parametrize("number", [2**31, 10**30])
def test_a_number_that_the_column_cannot_hold_starts_from_the_beginning(browser, eric, number):
    browser.log_in(eric)

    page = browser.get("planning.list_versions", after=cursor([["i", str(number)]]))

    assert page.status == 200
