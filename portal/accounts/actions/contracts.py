"""Take contracts and their addresses over from the operator's file.

In batches, each a transaction of its own: what was taken stays when the rest is interrupted, and
the same file again does the rest. Contracts are locked in the order of their numbers, so that two
imports at once wait for each other and both end. Nothing is ever deleted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import select, text

from portal.accounts.contracts import Contract, ContractLine
from portal.accounts.models import Account, Premises
from portal.core import audit, ids
from portal.core.csv_file import RefusedLine
from portal.core.db import session, transaction
from portal.core.text import midnight

BATCH = 1000
Places = dict[tuple[str, str], Premises]  # by city and street, in small letters


@dataclass
class ContractsTaken:
    """What an import did; a line that changed nothing is counted in `lines` alone."""

    lines: int = 0
    refused: int = 0
    new: int = 0
    changed: int = 0
    new_addresses: int = 0
    changed_addresses: int = 0


def import_contracts(
    lines: Iterable[ContractLine | RefusedLine],
    *,
    source: str,
    by: str,
    refuse: Callable[[RefusedLine], None],
) -> ContractsTaken:
    """Add and change contracts and addresses, in transactions of its own; the rest stays.

    `refuse` is given each line that cannot be used; `source` is the file's name, `by` who runs it.
    Records `accounts.contracts_import_begun` and `accounts.contracts_imported`.
    """
    taken = ContractsTaken()
    with transaction(staff=True):
        audit.record("accounts.contracts_import_begun", file=source, by=by)
    for batch in _batches(lines):
        usable = [each for each in batch if isinstance(each, ContractLine)]
        for each in batch:
            if isinstance(each, RefusedLine):
                refuse(each)
        taken.lines += len(batch)
        taken.refused += len(batch) - len(usable)
        with transaction(staff=True):
            _take(usable, taken)
    with transaction(staff=True):
        audit.record("accounts.contracts_imported", file=source, by=by, **asdict(taken))
    return taken


def _batches(
    lines: Iterable[ContractLine | RefusedLine],
) -> Iterator[list[ContractLine | RefusedLine]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _take(lines: Sequence[ContractLine], taken: ContractsTaken) -> None:
    contracts = {each.contract.number: each.contract for each in lines}
    for is_new in _upsert([contracts[number] for number in sorted(contracts)]):
        taken.new += is_new
        taken.changed += not is_new
    found = session.execute(
        select(Account.number, Account.id).where(Account.number.in_(contracts.keys()))
    )
    accounts = {each.number: each.id for each in found}
    places = _places(accounts.values())
    for each in lines:
        account_id = accounts[each.contract.number]
        _settle(each, account_id, places[account_id], taken)


def _upsert(contracts: Sequence[Contract]) -> list[bool]:
    """Return for each contract that was added or changed whether it is new; lock all of them."""
    if not contracts:
        return []
    rows = [
        (
            *(ids.uuid7(), each.number, each.holder_name, each.email, each.phone),
            midnight(each.opened_on),
        )
        for each in contracts
    ]
    columns = zip(*rows, strict=True)
    values = dict(zip(_COLUMNS, map(list, columns), strict=True))
    return [is_new for (is_new,) in session.execute(_UPSERT, values)]


def _places(account_ids: Iterable[UUID]) -> Mapping[UUID, Places]:
    """Return the addresses of each account as they stand now that the account is locked."""
    places: dict[UUID, Places] = {account_id: {} for account_id in account_ids}
    query = select(Premises).where(Premises.account_id.in_(places)).order_by(Premises.id.desc())
    for each in session.scalars(query):
        places[each.account_id][each.city, each.street.casefold()] = each
    return places


def _settle(line: ContractLine, account_id: UUID, own: Places, taken: ContractsTaken) -> None:
    """Bring an address to what its line says, or add it."""
    key = line.city, line.street.casefold()
    known = own.get(key) or _renamed(line, own)
    said = {name: getattr(line, name) for name in ("city", "district", "street", "technology")}
    if known is None:
        own[key] = Premises(id=ids.uuid7(), account_id=account_id, **said)
        session.add(own[key])
        taken.new_addresses += 1
    elif any(getattr(known, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(known, name, value)
        own[key] = known
        taken.changed_addresses += 1


def _renamed(line: ContractLine, own: Places) -> Premises | None:
    """Take out the address that had another street until now; None if there is none such."""
    before = line.street_before.casefold()
    for city, street in own:
        if street == before:
            return own.pop((city, street))
    return None


# Arrays instead of thousands of parameters, as in the billing feed.
_COLUMNS = ("id", "number", "holder_name", "email", "phone", "opened_at")
_UPSERT = text(
    """
    insert into account as a (id, number, holder_name, email, phone, opened_at, balance, version)
    select *, 0, 1 from unnest(cast(:id as uuid[]), cast(:number as text[]),
        cast(:holder_name as text[]), cast(:email as text[]), cast(:phone as text[]),
        cast(:opened_at as timestamptz[]))
    on conflict on constraint uq_account_number do update set
        holder_name = excluded.holder_name, email = excluded.email, phone = excluded.phone,
        opened_at = excluded.opened_at, version = a.version + 1
    where (a.holder_name, a.email, a.phone, a.opened_at)
        is distinct from (excluded.holder_name, excluded.email, excluded.phone, excluded.opened_at)
    returning xmax = 0
    """
)
