"""Who did what to whom, and from where: rows are only ever added."""

import getpass
import os
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from flask import g, has_request_context, request
from sqlalchemy import BigInteger, FetchedValue, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import clock, db, ids
from portal.core.db import Instant, Model, Xid8


class AuditEvent(Model):
    """One act. The table is partitioned by month; no role may change or delete a row."""

    __tablename__ = "audit_event"
    # Somebody who is not signed in may add a row, and may not read it back.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - the shape that SQLAlchemy asks for
    __table_args__ = (Index("ix_audit_event_xid_seq", "xid", "seq"),)

    created_at: Mapped[Instant] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    xid: Mapped[str] = mapped_column(Xid8, server_default=FetchedValue())
    kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    user_id: Mapped[UUID | None] = mapped_column(index=True)
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AuditSeal(Model):
    """A link of the chain over the audit: all up to `(upto_xid, upto_seq)`, in commit order."""

    __tablename__ = "audit_seal"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)  # type: ignore[assignment]
    sealed_at: Mapped[Instant]
    upto_xid: Mapped[int] = mapped_column(BigInteger)
    upto_seq: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    hash: Mapped[bytes]


class _HasId(Protocol):
    id: Any


def record(
    kind: str, *, subject: _HasId | None = None, actor: _HasId | None = None, **details: Any
) -> None:
    """Add one act (`<feature>.<entity>_<past verb>`) to the current transaction.

    `details` are ids, codes and numbers, never names, addresses or texts.
    An account is taken from `account_id=` in `details`, or from the subject.
    """
    db.session.add(_row(kind, subject, actor, details))


def record_in(
    own: Session,
    kind: str,
    *,
    subject: _HasId | None = None,
    actor: _HasId | None = None,
    **details: Any,
) -> None:
    """Add one act to another session, e.g. that of `separately()`."""
    own.add(_row(kind, subject, actor, details))


def record_export(kind: str, *, actor: _HasId | None = None, rows: int, **chosen: Any) -> None:
    """Add, at once, that data is let out: of a GET nothing else is kept.

    `rows` says how many, `chosen` by which filter; a command without an actor has `by=operator()`.
    Source: security-checklist 37.
    """
    with db.separately(staff=True) as own:
        record_in(own, kind, actor=actor, rows=rows, **chosen)


def operator() -> str:
    """Return the name at the operating system of whoever runs a command, or his number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _row(
    kind: str, subject: _HasId | None, actor: _HasId | None, details: dict[str, Any]
) -> AuditEvent:
    account_id = details.pop("account_id", None) or getattr(subject, "account_id", None)
    user_id = details.pop("user_id", None) or getattr(subject, "user_id", None)
    return AuditEvent(
        id=ids.uuid7(),
        created_at=clock.now(),
        kind=kind,
        actor_id=actor.id if actor else None,
        account_id=account_id,
        user_id=user_id,
        subject_kind=getattr(subject, "__tablename__", None),
        subject_id=subject.id if subject else None,
        address=request.remote_addr if has_request_context() else None,
        request_id=g.get("request_id") if has_request_context() else None,
        details={key: _plain(value) for key, value in details.items()},
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | None) else str(value)


_MONTHS_AHEAD = 3
_WEEK = timedelta(days=7)
_PARTITIONED = ("audit_event", "event")
_MAKE_PARTITION = text("select make_partition(:parent, cast(:month as date))")


def make_partitions(own: Session) -> None:
    """Make the partitions of this month and the next three; those that exist stay."""
    month = clock.now().date().replace(day=1)
    for _ in range(_MONTHS_AHEAD + 1):
        for parent in _PARTITIONED:
            own.execute(_MAKE_PARTITION, {"parent": parent, "month": month})
        month = (month.replace(day=28) + _WEEK).replace(day=1)
