"""The audit's chain: it grows in commit order and shows every later change."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import audit, seal
from tests.cast import make_cast
from tests.live import Live, wait_until

pytestmark = pytest.mark.live


@pytest.fixture
def worker(live: Live) -> Iterator[Session]:
    with live.session("kabinet_worker") as session:
        yield session


def _record(session: Session, kind: str) -> None:
    audit.record_in(session, kind, number=1)
    session.commit()


def _seal(worker: Session, rows: int) -> None:
    """Seal until `rows` rows are in: transactions of other databases hold it up for a moment."""
    sealed = 0

    def is_done() -> bool:
        nonlocal sealed
        sealed += seal.seal(worker)
        worker.commit()
        return sealed == rows

    wait_until(is_done)


def test_each_row_is_sealed_once(worker: Session) -> None:
    _record(worker, "sample.thing_done")

    _seal(worker, 1)

    assert seal.seal(worker) == 0
    assert seal.verify(worker) == seal.Verdict(1, 1, None)


def test_a_slow_transaction_is_not_passed_over(live: Live, worker: Session) -> None:
    with live.session("kabinet_app") as slow:
        audit.record_in(slow, "sample.slow")
        slow.flush()  # It has its number now, and commits late on purpose.
        _record(worker, "sample.quick")
        early = seal.seal(worker)
        worker.commit()
        slow.commit()
    _seal(worker, 2 - early)

    assert early == 0
    assert seal.verify(worker).rows == 2


@pytest.mark.parametrize(
    "harm",
    [
        "update audit_event set kind = 'sample.other'",
        "delete from audit_event where kind = 'sample.b'",
        """insert into audit_event (id, created_at, xid, seq, kind, details)
        select gen_random_uuid(), created_at, xid, 0, kind, details from audit_event limit 1""",
    ],
)
def test_whoever_changes_a_row_is_seen(live: Live, worker: Session, harm: str) -> None:
    for kind in ("sample.a", "sample.b"):
        _record(worker, kind)
        _seal(worker, 1)

    with live.session("admin") as owner:
        owner.execute(text(harm))
        owner.commit()

    assert seal.verify(worker).broken_at is not None


def test_a_customer_sees_only_his_part(live: Live) -> None:
    with live.session() as owner:
        people = make_cast(owner)
        for name in ("alice", "bob"):
            audit.record_in(owner, "sample.seen", account_id=people[name].account_id)
        owner.commit()

    with live.session("kabinet_app") as portal:
        portal.execute(
            text("select set_config('app.account_id', :id, true)"),
            {"id": str(people["alice"].account_id)},
        )
        seen = portal.scalars(text("select account_id from audit_event")).all()

    assert seen == [people["alice"].account_id]
