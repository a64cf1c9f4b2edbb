"""The one way in for what the operator's billing says: balances and billed lines.

A feed is taken over in batches, each a transaction of its own: what was taken stays when the rest
is interrupted, and the same feed again does the rest. Rows are locked in one order, so that two
imports at once wait for each other and both end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, bindparam, delete, or_, select, text, update

from portal.accounts.models import Account
from portal.core import audit, clock, ids
from portal.core.db import session, transaction
from portal.services.feed import BalanceLine, ChargeLine, Fault, Numbered, Refused, read_line
from portal.services.models import BillingImport, BillingRefusal

BATCH = 1000
KEPT_FOR = timedelta(days=400)
FORGOTTEN_AT_ONCE = 20
MOST_KEPT = 1000  # Refused lines kept of one import; all of them are counted.
Key = tuple[UUID, str]
Accounts = Mapping[str, Row[str, UUID, Decimal, datetime | None]]  # by the contract's number
Said = tuple[datetime | None, Any]  # As of when, and what: of one key the newest holds.


@dataclass
class Report:
    """What an import did: how many lines changed something, and how many were known already.

    `refused` holds (number of the line from 1, why, the field to blame or "").
    """

    taken: int = 0
    known: int = 0
    refused: list[tuple[int, Fault, str]] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        self.taken += other.taken
        self.known += other.known
        self.refused += other.refused


def import_feed(lines: Iterable[bytes], *, source: str) -> Report:
    """Take a feed over, one JSON object a line, in transactions of its own.

    The same feed again changes nothing, in whatever order its lines come; a line that cannot be
    used is refused alone and kept for staff. Records `services.billing_imported`.
    """
    report = Report()
    with transaction(staff=True):
        import_id = _begin(source)
    for batch in _batches(lines):
        with transaction(staff=True):
            report.add(_take(import_id, batch))
    with transaction(staff=True):
        _end(import_id)
    return report


def take_over(lines: Iterable[bytes], *, source: str) -> Report:
    """Do what `import_feed` does within the present transaction, which must be staff's.

    Accounts that were loaded before hold their old balance until they are refreshed.
    """
    report = Report()
    import_id = _begin(source)
    for batch in _batches(lines):
        report.add(_take(import_id, batch))
    _end(import_id)
    return report


def forget_imports() -> int:
    """Delete imports of over KEPT_FOR ago with the lines that they refused; return how many.

    FORGOTTEN_AT_ONCE at most; call it again until it returns 0.
    """
    old = (
        select(BillingImport.id)
        .where(BillingImport.started_at < clock.now() - KEPT_FOR)
        .order_by(BillingImport.started_at)
        .limit(FORGOTTEN_AT_ONCE)
    )
    found = session.scalars(old).all()
    session.execute(delete(BillingRefusal).where(BillingRefusal.import_id.in_(found)))
    session.execute(delete(BillingImport).where(BillingImport.id.in_(found)))
    return len(found)


def _begin(source: str) -> UUID:
    row = BillingImport(id=ids.uuid7(), source=source, started_at=clock.now())
    session.add(row)
    session.flush()  # The refusals' foreign keys need the row.
    return row.id


def _end(import_id: UUID) -> None:
    done = session.get_one(BillingImport, import_id)
    done.ended_at = clock.now()
    audit.record(
        "services.billing_imported",
        subject=done,
        taken=done.taken,
        known=done.known,
        refused=done.refused,
    )


def _batches(lines: Iterable[bytes]) -> Iterator[list[Numbered | Refused]]:
    now = clock.now()
    rest = (read_line(raw, number, now=now) for number, raw in enumerate(lines, 1))
    while batch := list(islice(rest, BATCH)):
        yield batch


def _take(import_id: UUID, batch: Sequence[Numbered | Refused]) -> Report:
    refused = [each for each in batch if isinstance(each, Refused)]
    readable = [each for each in batch if isinstance(each, Numbered)]
    accounts = _accounts(readable)
    usable = [each for each in readable if each.said.contract in accounts]
    refused += [
        each.refused(Fault.NO_CONTRACT, "contract")
        for each in readable
        if each.said.contract not in accounts
    ]
    taken = _bill(usable, accounts, refused) + _set_balances(usable, accounts, refused)
    known = len(batch) - len(refused) - taken
    _count(import_id, taken, known, sorted(refused, key=lambda each: each.line))
    return Report(taken, known, [(each.line, each.fault, each.field) for each in refused])


def _accounts(lines: Iterable[Numbered]) -> Accounts:
    numbers = {each.said.contract for each in lines}
    query = select(Account.number, Account.id, Account.balance, Account.balance_at)
    found = session.execute(query.where(Account.number.in_(numbers)))
    return {each.number: each for each in found}


def _count(import_id: UUID, taken: int, known: int, refused: Sequence[Refused]) -> None:
    row = session.get_one(BillingImport, import_id)
    for each in refused[: max(0, MOST_KEPT - row.refused)]:
        session.add(
            BillingRefusal(
                id=ids.uuid7(),
                import_id=import_id,
                line=each.line,
                fault=each.fault.value,
                field=each.field,
                kept_line=each.kept_line,
            )
        )
    row.taken += taken
    row.known += known
    row.refused += len(refused)


def _newest(
    said: Iterable[tuple[Any, Numbered]], known: Mapping[Any, Said], refused: list[Refused]
) -> list[tuple[Any, Numbered]]:
    """Return the newest line of each key that is newer than what is `known`, in the keys' order.

    What contradicts a line of the same moment is refused.
    """
    held, lines = dict(known), dict[Any, Numbered]()
    for key, line in said:
        known_at, what = held.get(key, (None, None))
        if known_at is None or line.said.as_of > known_at:
            held[key], lines[key] = (line.said.as_of, line.said.what), line
        elif line.said.as_of == known_at and line.said.what != what:
            refused.append(line.refused(Fault.CONFLICT, "as_of"))
    return [(key, lines[key]) for key in sorted(lines)]


def _set_balances(lines: Iterable[Numbered], accounts: Accounts, refused: list[Refused]) -> int:
    """Set the balances that are newer than those known; return how many."""
    known = {each.id: (each.balance_at, (each.balance,)) for each in accounts.values()}
    said = (
        (accounts[each.said.contract].id, each)
        for each in lines
        if isinstance(each.said, BalanceLine)
    )
    rows = [
        {"account": account_id, "sum": line.said.what[0], "as_of": line.said.as_of}
        for account_id, line in _newest(said, known, refused)
    ]
    return session.connection().execute(_SET_BALANCE, rows).rowcount if rows else 0


_ACCOUNT = cast(Table, Account.__table__)
_SET_BALANCE = (
    update(_ACCOUNT)
    .where(
        _ACCOUNT.c.id == bindparam("account"),
        or_(_ACCOUNT.c.balance_at.is_(None), _ACCOUNT.c.balance_at < bindparam("as_of")),
    )
    .values(balance=bindparam("sum"), balance_at=bindparam("as_of"))
)


def _bill(lines: Iterable[Numbered], accounts: Accounts, refused: list[Refused]) -> int:
    """Put billed lines in the place of forecasts and of older lines; return how many."""
    said = [
        ((accounts[each.said.contract].id, each.said.reference), each)
        for each in lines
        if isinstance(each.said, ChargeLine)
    ]
    newest = _newest(said, _billed([key for key, _ in said]), refused)
    if not newest:
        return 0
    columns = zip(*(_row(account_id, line.said) for (account_id, _), line in newest), strict=True)
    values = dict(zip(_COLUMNS, map(list, columns), strict=True))
    return len(session.execute(_UPSERT, values).all())


def _billed(keys: Sequence[Key]) -> dict[Key, Said]:
    """Return what billing has said under these references, and as of when."""
    asked = {"accounts": [account_id for account_id, _ in keys], "references": [r for _, r in keys]}
    return {
        (account_id, reference): (said_at, tuple(what))
        for account_id, reference, said_at, *what in session.execute(_KNOWN, asked)
    }


def _row(account_id: UUID, said: BalanceLine | ChargeLine) -> tuple[Any, ...]:
    if isinstance(said, BalanceLine):
        raise TypeError("a balance is no charge")
    what = (said.month_on, said.kind, said.amount, said.cause and said.cause.value)
    return (ids.uuid7(), account_id, said.reference, *what, said.as_of, clock.now())


# Arrays instead of thousands of parameters: the driver is ten times as fast with them.
_COLUMNS = ("id", "account", "reference", "month", "kind", "amount", "cause", "said", "created")
_KNOWN = text(
    """
    select account_id, reference, said_at, kind, month_on, amount
    from charge join unnest(cast(:accounts as uuid[]), cast(:references as text[]))
        as asked (account_id, reference) using (account_id, reference)
    where said_at is not null
    """
)
_UPSERT = text(
    """
    insert into charge as c (id, account_id, reference, month_on, kind, amount, cause, said_at,
        created_at, state)
    select *, 'billed' from unnest(cast(:id as uuid[]), cast(:account as uuid[]),
        cast(:reference as text[]), cast(:month as date[]), cast(:kind as text[]),
        cast(:amount as numeric[]), cast(:cause as text[]), cast(:said as timestamptz[]),
        cast(:created as timestamptz[]))
    on conflict on constraint uq_charge_account_id_reference do update set
        month_on = excluded.month_on, kind = excluded.kind, amount = excluded.amount,
        said_at = excluded.said_at, state = excluded.state,
        cause = case excluded.kind when 'compensation' then coalesce(excluded.cause, c.cause) end
    where c.said_at is null or c.said_at < excluded.said_at
    returning c.id
    """
)
