"""The billing feed: the same end whatever the order, the repeats and the interruptions."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.core import audit
from portal.core.db import transaction
from portal.services.actions import billing, compensate, import_feed
from portal.services.causes import CompensationCause
from portal.services.feed import Fault, Refused, read_line
from portal.services.models import BillingImport, BillingRefusal, Charge

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BALANCE = {
    "kind": "balance",
    "contract": "712034456",
    "balance": "3240.00",
    "as_of": "2026-11-22T06:00:00+05:00",
}
BILLED = {
    "kind": "compensation",
    "contract": "712034456",
    "month": "2026-11",
    "reference": "outage:17",
    "amount": "-200.00",
    "as_of": "2026-11-22T06:00:00+05:00",
}


def feed(*lines):
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return import_feed(raw, source="feed.jsonl")


def give(person, reference):
    """Give a person's contract 2 000 tenge back."""
    with transaction(staff=True):
        return compensate(
            person.account_id, Decimal(2000), cause=CompensationCause.OUTAGE, reference=reference
        )


def charges(db):
    """Return what stands in the table of charges, but for its keys."""
    db.expire_all()
    rows = db.scalars(select(Charge).order_by(Charge.reference))
    return [(row.reference, row.state, row.kind, row.month_on, row.amount) for row in rows]


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


@pytest.mark.parametrize(
    ("raw", "fault", "field"),
    [
        (b"not json", Fault.NO_OBJECT, ""),
        (b"[1]", Fault.NO_OBJECT, ""),
        (b"\xff\xfe", Fault.NO_OBJECT, ""),
        (b"[" * 100_000, Fault.NO_OBJECT, ""),
        (b"", Fault.NO_OBJECT, ""),
        ({"kind": "no such"}, Fault.WRONG, "kind"),
        ({}, Fault.WRONG, "kind"),
        (BALANCE | {"balance": "1e99"}, Fault.WRONG, "balance"),
        (BALANCE | {"balance": "NaN"}, Fault.WRONG, "balance"),
        (BALANCE | {"balance": "1.001"}, Fault.WRONG, "balance"),
        (BALANCE | {"as_of": "2026-11-22"}, Fault.WRONG, "as_of"),
        (BALANCE | {"as_of": "2026-11-22T06:00:00"}, Fault.WRONG, "as_of"),
        (BALANCE | {"as_of": "2026-11-23T06:00:00Z"}, Fault.WRONG, "as_of"),
        (BALANCE | {"as_of": "0001-01-01T00:00:00+14:00"}, Fault.WRONG, "as_of"),
        (BALANCE | {"contract": "7\0"}, Fault.WRONG, "contract"),
        (BALANCE | {"contract": "\ud800"}, Fault.WRONG, "contract"),
        (BALANCE | {"more": 1}, Fault.UNKNOWN, "more"),
        (BILLED | {"month": "2026-13"}, Fault.WRONG, "month"),
        (BILLED | {"month": "0000-01"}, Fault.WRONG, "month"),
        (BILLED | {"month": "٢٠٢٦-١١"}, Fault.WRONG, "month"),
        (BILLED | {"reference": ""}, Fault.WRONG, "reference"),
        (BILLED | {"amount": "200"}, Fault.WRONG, "amount"),
        (BILLED | {"kind": "monthly", "cause": "outage"}, Fault.WRONG, "cause"),
        (BILLED | {"cause": "kindness"}, Fault.WRONG, "cause"),
        ({"kind": "balance", "contract": "7", "balance": "1"}, Fault.MISSING, "as_of"),
    ],
)
def test_a_line_that_cannot_be_used_says_where(raw, fault, field):
    raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()

    line = read_line(raw, 7, now=NOW)

    assert isinstance(line, Refused)
    assert (line.line, line.fault, line.field) == (7, fault, field)
    assert len(line.kept_line) <= 500


def test_an_older_balance_never_replaces_a_newer_one(db, alice):
    older = BALANCE | {"as_of": "2026-11-21T06:00:00+05:00", "balance": "1"}

    reports = [feed(line) for line in (BALANCE, older, BALANCE)]

    db.expire_all()
    assert db.get(Account, alice.account_id).balance == 3240
    assert [(report.taken, report.known) for report in reports] == [(1, 0), (0, 1), (0, 1)]


def test_the_same_feed_twice_changes_nothing_more(db, alice):
    first = feed(BILLED, BALANCE)
    before = charges(db)

    second = feed(BILLED, BALANCE)

    assert (first.taken, second.taken, second.known) == (2, 0, 2)
    assert charges(db) == before
    assert len(before) == 1


def test_a_month_of_lines_ends_the_same_in_every_order(db, alice, monkeypatch):
    monkeypatch.setattr(billing, "BATCH", 3)
    lines = [
        BILLED | {"as_of": f"2026-11-{day:02}T06:00:00Z", "amount": f"-{day}", "reference": name}
        for day in range(1, 9)
        for name in ("outage:1", "outage:2")
    ]
    for seed in range(6):
        Random(seed).shuffle(lines)  # noqa: S311 - an order, not a secret

        feed(*lines)

        assert [(row[0], row[4]) for row in charges(db)] == [("outage:1", -8), ("outage:2", -8)]
        db.query(Charge).delete()
        db.commit()


def test_a_line_that_contradicts_another_of_its_moment_is_refused(db, alice):
    feed(BILLED)

    report = feed(BILLED | {"amount": "-300"})

    assert report.refused == [(1, Fault.CONFLICT, "as_of")]
    assert [row[4] for row in charges(db)] == [-200]


@pytest.mark.parametrize("is_billed_first", [True, False])
def test_a_billed_line_stands_in_the_place_of_its_forecast(db, alice, is_billed_first):
    billed = BILLED | {"reference": "visit:1:missed", "amount": "-1500"}

    steps = [lambda: feed(billed), lambda: give(alice, "visit:1:missed")]
    for step in steps if is_billed_first else reversed(steps):
        step()

    assert [(row[1], row[4]) for row in charges(db)] == [("billed", -1500)]


def test_a_compensation_is_given_once(db, alice):
    given = [give(alice, "outage:1") for _ in range(2)]

    assert given == [True, False]
    assert [row[4] for row in charges(db)] == [-2000]
    kinds = db.scalars(select(audit.AuditEvent.kind)).all()
    assert kinds.count("services.compensation_noted") == 1


@pytest.mark.parametrize("amount", [0, -1])
def test_a_compensation_gives_something(alice, amount):
    with pytest.raises(ValueError, match="a compensation of"):
        compensate(alice.account_id, Decimal(amount), cause=CompensationCause.OUTAGE, reference="x")


def test_what_was_a_compensation_may_become_a_correction(db, alice):
    feed(BILLED | {"cause": "outage"})

    feed(BILLED | {"kind": "correction", "as_of": "2026-11-22T07:00:00+05:00"})

    assert [row[2] for row in charges(db)] == ["correction"]


def test_refused_lines_are_kept_with_the_import(db, alice):
    feed(BALANCE, b"not json\0", BALANCE | {"contract": "000"})

    done = db.scalars(select(BillingImport)).one()
    rows = db.scalars(select(BillingRefusal).order_by(BillingRefusal.line)).all()

    assert (done.source, done.taken, done.known, done.refused) == ("feed.jsonl", 1, 0, 2)
    assert done.ended_at is not None
    assert [(row.line, row.fault, row.field) for row in rows] == [
        (2, "no_object", ""),
        (3, "no_contract", "contract"),
    ]
    assert rows[0].kept_line == "not json\N{REPLACEMENT CHARACTER}"


def test_a_feed_that_is_all_wrong_does_not_fill_the_table(db, alice, monkeypatch):
    monkeypatch.setattr(billing, "BATCH", 4)
    monkeypatch.setattr(billing, "MOST_KEPT", 6)

    feed(*[b"x"] * 10)

    assert db.scalar(select(func.count()).select_from(BillingRefusal)) == 6
    assert db.scalars(select(BillingImport.refused)).one() == 10


def test_the_command_tells_what_was_refused_and_fails(app, db, alice, tmp_path):
    file = tmp_path / "feed.jsonl"
    file.write_bytes(b"\n".join([json.dumps(BALANCE).encode(), b"not json", b"\xff{}"]))

    done = app.test_cli_runner().invoke(args=["services", "import-billing", str(file)])

    assert done.exit_code == 1
    assert "taken 1, known already 0" in done.output
    assert "line 2 refused: no_object" in done.output
    assert "line 3 refused" in done.output


def test_the_command_ends_well_when_all_was_taken(app, db, alice, tmp_path):
    file = tmp_path / "feed.jsonl"
    file.write_text(json.dumps(BALANCE) + "\n" + json.dumps(BILLED))

    done = app.test_cli_runner().invoke(args=["services", "import-billing", str(file)])

    assert done.exit_code == 0
    assert "taken 2, known already 0" in done.output


def test_a_file_may_have_any_name(app, db, alice, tmp_path):
    file = tmp_path / "feed-\udcff.jsonl"
    file.write_text(json.dumps(BALANCE))

    done = app.test_cli_runner().invoke(args=["services", "import-billing", str(file)])

    assert done.exit_code == 0
    assert db.scalars(select(BillingImport.source)).one() == "feed-?.jsonl"
