"""Take services that run already over from the operator's file: subscriptions without an order.

In batches, each a transaction of its own, as the billing feed: the same file again changes nothing.
What the portal knows of a service (that it runs, or that it ended later) is never touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Account, Premises
from portal.catalog.models import Offering, Price
from portal.catalog.queries import in_force
from portal.core import audit, clock, events
from portal.core.csv_file import RefusedLine
from portal.core.db import see, session, transaction
from portal.core.text import midnight, today
from portal.events import ServiceStarted
from portal.services.changes import Act
from portal.services.models import Order, OrderItem, Subscription
from portal.services.proration import Month
from portal.services.running_file import RunningLine
from portal.services.states import ENDED

BATCH = 500
Pair = tuple[UUID, UUID]  # An account and an offering: it has one at a time.


@dataclass
class RunningTaken:
    """What an import did: services begun, those known already, lines refused."""

    begun: int = 0
    known: int = 0
    refused: int = 0


@dataclass
class _Standing:
    """What the portal knows of a batch's contracts, which are locked.

    `held` says until when (`date.max`: it runs); `coming` is what open orders bring.
    """

    accounts: dict[str, UUID]
    places: dict[UUID, dict[tuple[str, str], UUID]]
    offerings: dict[str, tuple[UUID, Decimal]]
    held: dict[Pair, date]
    coming: set[Pair]


def import_running(
    lines: Iterable[RunningLine | RefusedLine],
    *,
    source: str,
    by: str,
    refuse: Callable[[RefusedLine], None],
) -> RunningTaken:
    """Begin the services that the portal does not know, at the catalogue's present price.

    `refuse` is given each line that cannot be used; `source` is the file's name, `by` who runs it.
    Publishes ServiceStarted for each; records `services.running_import_begun` and
    `services.running_imported`.
    """
    taken = RunningTaken()
    with transaction(staff=True):
        audit.record("services.running_import_begun", file=source, by=by)
    for batch in _batches(lines):
        with transaction(staff=True):
            refused = _take(batch, taken)
        for each in refused:
            refuse(each)
        taken.refused += len(refused)
    with transaction(staff=True):
        audit.record("services.running_imported", file=source, by=by, **asdict(taken))
    return taken


def _batches(
    lines: Iterable[RunningLine | RefusedLine],
) -> Iterator[list[RunningLine | RefusedLine]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _take(batch: Sequence[RunningLine | RefusedLine], taken: RunningTaken) -> list[RefusedLine]:
    standing = _standing([each for each in batch if isinstance(each, RunningLine)])
    refused = []
    for each in batch:
        if isinstance(each, RefusedLine):
            refused.append(each)
            continue
        try:
            is_begun = _begin(each, standing)
            taken.begun += is_begun
            taken.known += not is_begun
        except ValueError as error:
            refused.append(RefusedLine(each.line, str(error)))
    return refused


def _begin(line: RunningLine, standing: _Standing) -> bool:
    """Begin a service unless it is known. Raises ValueError, with a sentence, if it cannot be."""
    account_id = standing.accounts.get(line.number)
    if account_id is None:
        raise ValueError("number: there is no such contract; import the contracts first")
    if line.code not in standing.offerings:
        raise ValueError("offering: the catalogue has none with this code and a price of today")
    offering_id, price = standing.offerings[line.code]
    place = _place(line, standing.places.get(account_id, {}))
    pair = account_id, offering_id
    if pair in standing.coming:
        raise ValueError("offering: an order for it is open; wait until it is done")
    if standing.held.get(pair, date.min) > line.since:
        return False
    standing.held[pair] = date.max
    session.add(_subscription(line, pair, place=place, price=price))
    see(account_id=account_id)  # What listeners write belongs to the account.
    events.publish(ServiceStarted(account_id=account_id, offering_code=line.code))
    session.flush()  # Before the next one's account is named.
    return True


def _place(line: RunningLine, places: dict[tuple[str, str], UUID]) -> UUID:
    if line.place in places:
        return places[line.place]
    if line.place == ("", "") and len(places) == 1:
        return next(iter(places.values()))
    if line.place == ("", "") and places:
        raise ValueError("street: the contract has several addresses; name city and street")
    raise ValueError("street: the contract has no such address")


def _subscription(line: RunningLine, pair: Pair, *, place: UUID, price: Decimal) -> Subscription:
    """Return it, paid from last month on: what was paid before, only billing knows."""
    account_id, offering_id = pair
    begun = Subscription(
        account_id=account_id,
        premises_id=place,
        offering_id=offering_id,
        price=price,
        started_at=midnight(line.since),
        started_on=max(line.since, Month.of(today()).preceding.first_day),
    )
    begun.set_prices(rates=(), pauses=())
    return begun


def _standing(lines: Sequence[RunningLine]) -> _Standing:
    accounts = _locked_accounts({each.number for each in lines})
    own = list(accounts.values())
    prices = (
        select(Offering.code, Offering.id, Price.monthly)
        .join(Price, (Price.offering_id == Offering.id) & in_force(clock.now()))
        .where(Offering.code.in_({each.code for each in lines}))
    )
    offerings = {code: (each, price) for code, each, price in session.execute(prices)}
    return _Standing(accounts, _places(own), offerings, _held(own), _coming(own))


def _locked_accounts(numbers: set[str]) -> dict[str, UUID]:
    query = select(Account.number, Account.id).where(Account.number.in_(numbers))
    # Leases and charges that name an account need not wait.
    locked = query.order_by(Account.number).with_for_update(key_share=True)
    rows = session.execute(locked)
    return {each.number: each.id for each in rows}


def _places(account_ids: Sequence[UUID]) -> dict[UUID, dict[tuple[str, str], UUID]]:
    found: dict[UUID, dict[tuple[str, str], UUID]] = {}
    query = select(Premises).where(Premises.account_id.in_(account_ids))
    for each in session.scalars(query.order_by(Premises.id.desc())):
        key = each.city, each.street.casefold()
        found.setdefault(each.account_id, {})[key] = each.id
    return found


def _held(account_ids: Sequence[UUID]) -> dict[Pair, date]:
    found: dict[Pair, date] = {}
    columns = (Subscription.account_id, Subscription.offering_id, Subscription.ended_on)
    query = select(*columns).where(Subscription.account_id.in_(account_ids))
    for account_id, offering_id, ended_on in session.execute(query):
        pair = account_id, offering_id
        found[pair] = max(found.get(pair, date.min), ended_on or date.max)
    return found


def _coming(account_ids: Sequence[UUID]) -> set[Pair]:
    query = (
        select(OrderItem.account_id, OrderItem.offering_id)
        .join(OrderItem.order)
        .where(OrderItem.account_id.in_(account_ids), OrderItem.act == Act.ADD)
        .where(Order.state.not_in(ENDED))
    )
    return {(account_id, offering_id) for account_id, offering_id in session.execute(query)}
