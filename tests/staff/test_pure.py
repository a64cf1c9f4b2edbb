"""Rules of the desk that need nothing but values."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.staff.asked import read_asked
from portal.staff.fields import empty_fields, fill, unknown_fields
from portal.staff.queries.queue import Sieve, in_short
from portal.staff.urgency import Urgency, end_of_day, short_due, span, urgency

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # 17:00 in Almaty
MIDNIGHT = datetime(2026, 11, 22, 19, tzinfo=UTC)
A_BIT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("due_at", "group"),
    [
        (NOW - A_BIT, Urgency.BROKEN),
        (NOW, Urgency.HOUR),
        (NOW + timedelta(hours=1) - A_BIT, Urgency.HOUR),
        (NOW + timedelta(hours=1), Urgency.TODAY),
        (MIDNIGHT, Urgency.TODAY),
        (MIDNIGHT + A_BIT, Urgency.LATER),
    ],
)
def test_a_group_of_the_queue_and_its_span_agree(due_at, group):
    assert urgency(due_at, NOW) is group
    since, until = span(group, NOW)
    assert since is None or since <= due_at
    assert until is None or due_at < until


@pytest.mark.parametrize("minutes", [0, 1, 359, 360, 361, 419, 420, 421, 900])
def test_every_due_time_is_in_exactly_one_group_at_any_hour(minutes):
    now = NOW + timedelta(minutes=minutes)
    for due_at in (now - A_BIT, now, now + timedelta(hours=1), end_of_day(now), NOW + 9 * A_BIT):
        spans = {each: span(each, now) for each in Urgency}
        inside = [
            each
            for each, (since, until) in spans.items()
            if (since is None or since <= due_at) and (until is None or due_at < until)
        ]
        assert inside == [urgency(due_at, now)]


def test_a_due_time_is_as_short_as_it_stays_clear():
    assert short_due(NOW + timedelta(hours=1), NOW) == "18:00"
    assert short_due(MIDNIGHT, NOW) == "24:00"
    assert "23" in short_due(MIDNIGHT + timedelta(hours=3), NOW)


@pytest.mark.parametrize(
    ("typed", "number", "contract", "addresses", "words"),
    [
        ("", None, None, (), ""),
        ("26-4f7k-", None, None, (), "'26':* & '4f7k':*"),
        ("7 1203 4456", None, "712034456", (), "'1203':* & '4456':*"),
        ("8 (701) 555-14-08", None, "87015551408", ("+77015551408",),
         "'701':* & '555':* & '14':* & '08':*"),
        ("Asel@Mail.kz", None, None, ("Asel@Mail.kz", "asel@mail.kz"),
         "'Asel':* & 'Mail':* & 'kz':*"),
        ("нет интернета!", None, None, (), "'нет':* & 'интернета':*"),
        ("a' | !:* \\ б", None, None, (), ""),
        ("x" * 300, None, None, (), f"'{'x' * 200}':*"),
    ],
)  # fmt: skip
def test_what_was_typed_into_the_search_is_read(typed, number, contract, addresses, words):
    asked = read_asked(typed)

    assert (asked.number, asked.contract, asked.addresses, asked.words) == (
        number, contract, addresses, words,
    )  # fmt: skip


def test_fields_are_filled_once_and_unknown_ones_are_named():
    values = {"name": "{number}", "number": "26-4F7K-3", "due": ""}

    assert (
        fill("{name}, {number}, {due}, {else}, {", values)
        == "{number}, 26-4F7K-3, {due}, {else}, {"
    )
    assert unknown_fields("{name} {Name} {} {due date} {Name}") == ["{Name}", "{}", "{due date}"]
    assert empty_fields("{due} {name} {topic} {due}", values) == ["{due}", "{topic}"]


def test_a_sieve_passes_over_words_that_nobody_gave_out():
    asked = {"segment": "mine", "kind": "fault", "channel": "pigeon", "state": "closed"}

    sieve = Sieve.read(asked | {"urgency": "hour", "language": "de"})

    assert sieve.address == {"segment": "mine", "kind": "fault", "urgency": "hour"}
    assert sieve.is_narrow
    assert not Sieve.read({"segment": "mine"}).is_narrow
    assert Sieve.read({}).address == {}


def test_large_counts_are_short():
    assert [in_short(count) for count in (0, 99, 100)] == ["0", "99", "99+"]
