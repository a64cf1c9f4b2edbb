"""With 100 000 appeals waiting every read of the desk goes by an index: asked of the plan."""

import re

import pytest
from sqlalchemy import event, text

from portal.accounts.models import User
from portal.core import clock
from portal.staff.asked import read_asked
from portal.staff.queries import colleagues, contacts, many, search, supervision
from portal.staff.queries import queue as queues
from portal.staff.queries.queue import Sieve
from tests.appeals.factories import acting
from tests.cast import make_cast

pytestmark = pytest.mark.long

HOW_MANY = 100_000
# Fifty contacts of one phone; a word in every text, and one in ten.
_FILL = [
    "set local statement_timeout = '120s'",
    """
    insert into contact (id, account_id, secret_hash, channel, name, address, language, created_at)
    select gen_random_uuid(), case when n % 2000 = 1 then cast(:account as uuid) end,
        md5(n::text), 'form', 'Name ' || n, '+7701' || (1000000 + n % 2000),
        (array['kk', 'ru', 'en'])[1 + n % 3], :now
    from generate_series(1, :many) n
    """,
    """
    insert into appeal (id, version, number, account_id, secret_hash, contact_id, kind, channel,
        subject, state, assignee_id, received_at, cycle, head, length)
    select gen_random_uuid(), 1, 'X-' || row_number() over (), account_id, secret_hash, id,
        case when random() < 0.5 then 'fault' else 'question' end,
        case when random() < 0.0005 then 'skype' else 'form' end,
        'Subject of ' || name, case when random() < 0.001 then 'reopened' else 'registered' end,
        case when random() < 0.2 then cast(:dora as uuid) end, :now, 1, repeat('0', 64), 1
    from contact
    """,
    """
    insert into message (id, appeal_id, position, author, signature, kind, at, format, labels,
        files, body_hash, before, own)
    select gen_random_uuid(), id, 1, 'customer', '', 'message', :now, 1, '{}', '[]', '', '',
        repeat('0', 64)
    from appeal
    """,
    """
    insert into message_body (id, message_id, salt, body)
    select gen_random_uuid(), m.id, '', 'The common word of everybody, and word' || a.number
        || case when random() < 0.0001 then ' rarity' else '' end
    from message m join appeal a on a.id = m.appeal_id
    """,
    """
    insert into promise (id, subject_kind, subject_id, kind, rule, cycle,
        policy_version, started_at, due_at, moved, is_next)
    select gen_random_uuid(), 'appeal', id, 'final', 'final_simple', 1, 1, :now,
        cast(:now as timestamptz) + (random() * 100 - 10) * interval '1 hour', 0, true
    from appeal
    """,
]


@pytest.fixture
def full(live):
    """A desk with 100 000 waiting appeals; the triggers fill the queue."""
    owner = live.session()
    people = make_cast(owner)
    owner.commit()
    values = {
        "account": people["alice"].account_id, "dora": people["dora"].id,
        "now": clock.now(), "many": HOW_MANY,
    }  # fmt: skip
    for statement in _FILL:
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        owner.execute(text(statement), named)
    owner.commit()
    assert owner.scalar(text("select count(*) from queue_entry")) == HOW_MANY
    owner.execute(text("set statement_timeout = '120s'"))
    owner.execute(text("analyze"))
    owner.commit()
    owner.close()
    return live.app(), people


@pytest.fixture
def plan_of(full):
    """Return a function that gives the plans of all that a read asks, by the desk's own role."""
    app, people = full

    def ask(read) -> str:
        asked = []

        def note(_conn, _cursor, statement, parameters, _context, _many):
            asked.append((statement, parameters))

        with acting(app, user_id=people["dora"].id, staff=True) as session:
            by = session.get_one(User, people["dora"].id)
            connection = session.connection()
            event.listen(session.get_bind(), "before_cursor_execute", note)
            read(by)
            event.remove(session.get_bind(), "before_cursor_execute", note)
            plans = [
                line
                for statement, parameters in asked
                for (line,) in connection.exec_driver_sql(f"explain {statement}", parameters)
            ]
        assert plans
        return "\n".join(plans)

    return ask


LARGE = re.compile(r"Seq Scan on (queue_entry|appeal|contact|message|message_body|promise)\b.*")
# Whatever is asked for, no more than a page of rows may have to be sorted.
ASKED = [
    {},
    {"segment": "mine"},
    {"segment": "unclaimed"},
    {"channel": "skype"},
    {"state": "reopened"},
    {"language": "kk", "kind": "fault"},
    {"segment": "mine", "channel": "skype", "language": "en"},
    {"urgency": "later", "state": "reopened"},
    {"urgency": "broken", "segment": "unclaimed"},
]
TYPED = ["X-77", "712034456", "+77011000001", "rarity", "common word", "subject name"]


def test_no_read_of_the_desk_goes_through_a_whole_table(plan_of, live):
    now = clock.now()
    reads = {f"queue {asked}": _queue(asked, now) for asked in ASKED}
    reads |= {f"search {typed}": _search(typed) for typed in TYPED}
    reads |= {f"contacts {typed}": _contacts(typed) for typed in TYPED[1:3]}
    reads |= {
        "loads": lambda by: queues.loads(by=by, now=now),
        "watch": lambda by: supervision.watch(by=by, now=now),
        "team": lambda _by: colleagues.loads_by_colleague(now),
        "linked": lambda _by: many.linked_with(search.of_number("X-78")),
    }

    whole = {name: LARGE.findall(plan_of(read)) for name, read in reads.items()}

    assert {name: tables for name, tables in whole.items() if tables} == {}

    check_search_of_words(live)


def check_search_of_words(live):
    """Ask the plan of what the search's function does inside, for a rare and for a common word."""
    with live.session() as session:
        inner = session.scalar(
            text("select prosrc from pg_proc where proname = 'appeals_with_words'")
        )
        for words in ("rarity:*", "common:* & word:*"):
            named = inner.replace("asked", f"'{words}'").replace("most", "500")
            plan = "\n".join(session.connection().exec_driver_sql(f"explain {named}").scalars())
            assert "ix_message_body_words" in plan
            assert "ix_appeal_words" in plan
            assert "Seq Scan" not in plan


def _queue(asked, now):
    def read(by):
        queues.tickets(queues.queue(Sieve.read(asked), by=by, now=now))

    return read


def _search(typed):
    return lambda _by: search.found(read_asked(typed))


def _contacts(typed):
    return lambda _by: contacts.known_contacts(read_asked(typed))
