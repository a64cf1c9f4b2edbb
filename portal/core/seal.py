"""The audit's chain: rows are added unchained and sealed each minute in the order of commits.

A seal holds the hash of the seal before it and of every row since: who changes, removes or slips
in a row, even as the owner of the database, breaks it. Source: identity-and-security.md, "Audit".
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.audit import AuditSeal
from portal.core.db import transaction

BATCH = 10_000
_START = bytes(32)
# A transaction that is still open may yet add rows: only what lies behind all of them is sealed.
_SETTLED = text(
    """
    select xid::text::bigint as xid, seq, id, created_at, kind, actor_id, account_id, user_id,
           subject_kind, subject_id, address, request_id, details
    from audit_event
    where xid < pg_snapshot_xmin(pg_current_snapshot())
      and (xid, seq) > (cast(cast(:xid as text) as xid8), cast(:seq as bigint))
      and (cast(:upto_xid as bigint) is null
           or (xid, seq) <= (cast(cast(:upto_xid as text) as xid8), cast(:upto_seq as bigint)))
    order by audit_event.xid, seq limit :most
    """
)


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole chain found. `broken_at` is the number of the first bad seal."""

    seals: int
    rows: int
    broken_at: int | None


def seal(own: Session) -> int:
    """Seal what was committed since the last seal; returns how many rows.

    One at a time: a second caller waits for the first.
    """
    own.execute(select(func.pg_advisory_xact_lock(func.hashtext("audit_seal"))))
    last = own.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    start = (last.upto_xid, last.upto_seq) if last else (0, 0)
    rows = _rows(own, start, None)
    if not rows:
        return 0
    own.add(
        AuditSeal(
            sealed_at=clock.now(),
            upto_xid=rows[-1].xid,
            upto_seq=rows[-1].seq,
            rows=len(rows),
            hash=_hash(last.hash if last else _START, rows),
        )
    )
    return len(rows)


def verify(own: Session) -> Verdict:
    """Recompute every seal from the rows as they are now."""
    before, start, count = _START, (0, 0), 0
    for number, link in enumerate(own.scalars(select(AuditSeal).order_by(AuditSeal.id)), 1):
        upto = (link.upto_xid, link.upto_seq)
        rows = _rows(own, start, upto)
        if len(rows) != link.rows or _hash(before, rows) != link.hash:
            return Verdict(number, count, link.id)
        before, start, count = link.hash, upto, count + len(rows)
    total = own.scalar(select(func.count()).select_from(AuditSeal)) or 0
    return Verdict(total, count, None)


def _rows(own: Session, start: tuple[int, int], upto: tuple[int, int] | None) -> list[Row[Any]]:
    values = {
        "xid": start[0],
        "seq": start[1],
        "upto_xid": upto[0] if upto else None,
        "upto_seq": upto[1] if upto else None,
        "most": BATCH if upto is None else BATCH + 1,
    }
    return list(own.execute(_SETTLED, values))


def _hash(before: bytes, rows: list[Row[Any]]) -> bytes:
    total = hashlib.sha256(before)
    for row in rows:
        written = json.dumps(row._asdict(), default=str, sort_keys=True, ensure_ascii=False)
        total.update(written.encode() + b"\n")
    return total.digest()


cli = AppGroup("audit", help="The audit's chain.")


@cli.command("verify")
def check() -> None:
    """Recompute the chain; fail when a row was changed, removed or slipped in."""
    with transaction() as own:
        found = verify(own)
    click.echo(f"seals {found.seals}, rows {found.rows}")
    if found.broken_at is not None:
        raise click.ClickException(f"the chain is broken at seal {found.broken_at}")
