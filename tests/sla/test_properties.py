import itertools
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.sla import Calendar, due_at, elapsed, working_intervals

OFFICE = [("09:00", "13:00"), ("14:00", "18:00")]
CALENDARS = [
    Calendar(tz="Asia/Almaty", week={key: [("00:00", "24:00")] for key in range(7)}),
    Calendar(
        tz="Asia/Almaty",
        week={**dict.fromkeys(range(5), OFFICE), 5: [("00:00", "24:00")]},
        exceptions={date(2026, 8, 31): [], date(2026, 9, 5): [("09:00", "18:00")]},
    ),
    Calendar(tz="Europe/Berlin", week={6: [("00:30", "02:30"), ("02:30", "24:00")]}),
    Calendar(tz="Australia/Lord_Howe", week={key: [("01:45", "02:15")] for key in range(7)}),
]
calendars = st.sampled_from(CALENDARS)
instants = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the zone is the next argument
    datetime(2027, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.timedeltas(timedelta(hours=-200), timedelta(hours=200))
days = st.integers(-30, 30)
pauses = st.lists(
    st.builds(
        lambda begin, length: (begin, begin + length),
        instants,
        st.timedeltas(timedelta(), timedelta(days=20)),
    ),
    max_size=4,
)
slowly = settings(max_examples=150, deadline=None)


@slowly
@given(instants, amounts, calendars, pauses)
def test_the_due_time_is_the_amount_away(start, amount, calendar, paused):
    due = due_at(start, duration=amount, calendar=calendar, pauses=paused)

    assert elapsed(start, due, calendar=calendar, pauses=paused) == amount


@slowly
@given(instants, amounts, amounts, calendars, pauses)
def test_a_longer_amount_is_never_due_earlier(start, one, other, calendar, paused):
    short, long = sorted((one, other))

    assert due_at(start, duration=short, calendar=calendar, pauses=paused) <= due_at(
        start, duration=long, calendar=calendar, pauses=paused
    )


@slowly
@given(instants, instants, amounts, calendars, pauses)
def test_a_later_start_is_never_due_earlier(one, other, amount, calendar, paused):
    assume(amount)
    early, late = sorted((one, other))

    assert due_at(early, duration=amount, calendar=calendar, pauses=paused) <= due_at(
        late, duration=amount, calendar=calendar, pauses=paused
    )


@slowly
@given(instants, days, days, calendars, pauses, st.booleans())
def test_more_working_days_are_never_due_earlier(start, one, other, calendar, paused, whole):
    few, many = sorted((one, other))
    due = [
        due_at(start, working_days=n, calendar=calendar, pauses=paused, end_of_day=whole)
        for n in (few, many)
    ]

    assert due == sorted(due)


@slowly
@given(instants, instants, days, calendars)
def test_a_later_start_never_ends_an_earlier_working_day(one, other, count, calendar):
    due = [
        due_at(start, working_days=count, calendar=calendar, end_of_day=True)
        for start in sorted((one, other))
    ]

    assert due == sorted(due)


@slowly
@given(instants, days, calendars, instants, st.timedeltas(timedelta(), timedelta(9)))
def test_splitting_a_pause_changes_nothing(start, count, calendar, begin, length):
    whole = [(begin, begin + length)]
    middle = begin + length / 3
    parts = [(middle, begin + length), (begin, middle)]

    for amount in ({"working_days": count}, {"duration": timedelta(hours=count)}):
        assert due_at(start, calendar=calendar, pauses=whole, **amount) == due_at(
            start, calendar=calendar, pauses=parts, **amount
        )


@slowly
@given(instants, instants, instants, calendars, pauses)
def test_elapsed_time_adds_up(a, b, c, calendar, paused):
    def between(begin, end):
        return elapsed(begin, end, calendar=calendar, pauses=paused)

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@slowly
@given(instants, instants, calendars, pauses)
def test_working_intervals_are_the_elapsed_time(one, other, calendar, paused):
    start, end = sorted((one, other))
    found = list(working_intervals(start, end, calendar=calendar, pauses=paused))

    assert sum((b - a for a, b in found), timedelta()) == elapsed(
        start, end, calendar=calendar, pauses=paused
    )
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
