"""Very many open appeals, written as the portal writes them: events, promises, timers, queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

PROMISES_OF_AN_APPEAL = 2
SPECIALISTS, ACCOUNTS = 50, 1_000
AT_ONCE = 100_000
_PEOPLE = """
    insert into user_account (id, version, name, email, language, theme, created_at, staff_role)
    select ('01a20000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, 1, 'Specialist ' || i,
        'specialist' || i || '@example.kz', 'ru', 'system', now(), 'specialist'
    from generate_series(1, %(specialists)s) i
"""
_ACCOUNTS = """
    insert into account (id, version, number, holder_name, balance, opened_at)
    select ('01a20000-0000-7000-8002-' || lpad(to_hex(i), 12, '0'))::uuid, 1,
        '7' || lpad(i::text, 8, '0'), 'Bench', 0, now()
    from generate_series(1, %(accounts)s) i
"""
# One row for each appeal: its keys, who has it, and when it came, spread over the four hours
# before `base`. Every second one is assigned. Both its promises run, and none is due.
_ROWS = """
    create temporary table fresh on commit drop as
    select i, ('01a20000-0000-7000-8003-' || lpad(to_hex(i), 12, '0'))::uuid as id,
        ('01a20000-0000-7000-8004-' || lpad(to_hex(i), 12, '0'))::uuid as contact_id,
        ('01a20000-0000-7000-8005-' || lpad(to_hex(i), 12, '0'))::uuid as interim_id,
        ('01a20000-0000-7000-8006-' || lpad(to_hex(i), 12, '0'))::uuid as final_id,
        ('01a20000-0000-7000-8002-' || lpad(to_hex(1 + i %% %(accounts)s), 12, '0'))::uuid
            as account_id,
        case when i %% 2 = 0 then
            ('01a20000-0000-7000-8001-'
                || lpad(to_hex(1 + i / 2 %% %(specialists)s), 12, '0'))::uuid
        end as assignee_id,
        date_trunc('second', %(base)s::timestamptz) - interval '4 hours'
            + make_interval(secs => (i::bigint * 7919 %% 1000003) / 1000003.0 * 14400)
            as received_at
    from generate_series(%(first)s::int, %(last)s::int) i
"""
_CONTACTS = """
    insert into contact (id, account_id, channel, name, address, language, created_at)
    select contact_id, account_id, 'form', 'Customer', 'c@example.kz', 'ru', received_at from fresh
"""
_APPEALS = """
    insert into appeal (id, version, number, account_id, contact_id, kind, channel, subject, state,
        assignee_id, received_at, cycle, head, length)
    select id, 1, '26-' || i, account_id, contact_id, 'question', 'form', 'Question ' || i,
        case when assignee_id is null then 'registered' else 'in_progress' end,
        assignee_id, received_at, 1, repeat('0', 64), 0
    from fresh
"""
_EVENTS = """
    insert into promise_event (id, subject_kind, subject_id, account_id, happening, at, data,
        policy_version)
    select gen_random_uuid(), 'appeal', id, account_id, 'registered', received_at,
        '{"kind": "question", "channel": "form"}', %(policy)s
    from fresh order by i
"""
_PROMISES = """
    insert into promise (id, subject_kind, subject_id, account_id, kind, rule, cycle,
        policy_version, started_at, due_at, moved, is_next)
    select interim_id, 'appeal', id, account_id, 'interim', 'interim', 1, %(policy)s, received_at,
        %(midnight)s, 0, true
    from fresh
    union all
    select final_id, 'appeal', id, account_id, 'final', 'final_simple', 1, %(policy)s, received_at,
        received_at + interval '24 hours', 0, false
    from fresh
"""
_TIMERS = """
    insert into promise_timer (id, fires_at, step, told)
    select interim_id, received_at
        + make_interval(secs => extract(epoch from %(midnight)s - received_at)::float8 / 2), 50, 0
    from fresh
    union all
    select final_id, received_at + interval '12 hours', 50, 0 from fresh
"""
_QUEUE = """
    insert into queue_entry (id, promise_id, due_at, kind, channel, state, language, assignee_id)
    select id, interim_id, %(midnight)s, 'question', 'form',
        case when assignee_id is null then 'registered' else 'in_progress' end, 'ru', assignee_id
    from fresh
"""


@dataclass(frozen=True)
class Crowd:
    """The appeals of a measurement: received in the four hours before `base`.

    `midnight` ends the local day of `base`; `policy` is the version that was in force.
    """

    admin: str
    base: datetime
    midnight: datetime
    policy: int

    def people(self) -> None:
        """Add the specialists and the contracts."""
        with psycopg.connect(self.admin) as connection:
            counts = {"specialists": SPECIALISTS, "accounts": ACCOUNTS}
            connection.execute(_PEOPLE, counts)
            connection.execute(_ACCOUNTS, counts)

    def grow(self, before: int, promises: int) -> None:
        """Add appeals until there are so many open promises; `before` is how many there are.

        Triggers and foreign keys are left out: what they would write is written here.
        """
        first, last = before // PROMISES_OF_AN_APPEAL + 1, promises // PROMISES_OF_AN_APPEAL
        for start in range(first, last + 1, AT_ONCE):
            values = {
                "first": start, "last": min(start + AT_ONCE - 1, last), "accounts": ACCOUNTS,
                "specialists": SPECIALISTS, "base": self.base, "midnight": self.midnight,
                "policy": self.policy,
            }  # fmt: skip
            with psycopg.connect(self.admin) as connection:
                connection.execute("set local session_replication_role = replica")
                for statement in (
                    *(_ROWS, _CONTACTS, _APPEALS, _EVENTS),
                    *(_PROMISES, _TIMERS, _QUEUE),
                ):
                    connection.execute(statement.encode(), values)


def base_of(now: datetime) -> datetime:
    """Return ten in the morning of the local day after `now`: until then nothing is due."""
    tomorrow = now + timedelta(days=1)
    return tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)
