"""Reads of statements, and of what came in from billing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.catalog.families import Family
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.core.text import today
from portal.services.household import Running
from portal.services.models import BillingImport, BillingRefusal, Charge, Order, Subscription
from portal.services.proration import Month
from portal.services.queries.around import fees_of, intended
from portal.services.queries.held import charges_since, extras_of, overlapping
from portal.services.statement import Extra, Statement, statement_of


@dataclass(frozen=True)
class Ledger:
    """All that an account's statements are made of, from some month on.

    `orders` are the open ones: months to come take what they intend as done.
    """

    present: Month
    held: Sequence[Subscription]
    charges: Sequence[Charge]
    orders: Sequence[Order] = ()

    def statement(self, month: Month) -> Statement:
        """Return a month's statement as it stands; of a month to come it is a forecast."""
        if month > self.present:
            return self.forecast(month)
        return statement_of(month, self.running, extras_of(self.charges, month))

    def forecast(self, month: Month) -> Statement:
        """Return a month's statement as it will be once the open orders are done."""
        running, planned = intended(self.running, self.orders)
        expected = (each for order in self.orders for each in _expected(order, month, self.running))
        extras = [*expected, *extras_of(self.charges, month)]
        return statement_of(month, (*running, *planned), extras)

    @cached_property
    def running(self) -> tuple[Running, ...]:
        """Return the subscriptions as they are reckoned with."""
        return tuple(each.running for each in self.held)

    @property
    def names(self) -> dict[str, str]:
        """Return the names of all offerings in it, by their codes, in the reader's language."""
        ordered = (item.offering for order in self.orders for item in order.items)
        found = (*(each.offering for each in self.held), *(each.offering for each in self.charges))
        return {each.code: each.name for each in (*found, *ordered) if each}


def ledger_of(account: Account, since: Month, *, orders: Sequence[Order] = ()) -> Ledger:
    """Return what the statements from the month `since` on are made of. Two statements of SQL."""
    held = sorted(overlapping(account, since.first_day), key=lambda each: each.offering.position)
    return Ledger(Month.of(today()), held, charges_since(account, since.first_day), orders)


def first_month(account: Account) -> Month:
    """Return the first month in which something cost money; the present one if nothing has yet."""
    begun = select(func.min(Subscription.started_on)).where(Subscription.account_id == account.id)
    charged = select(func.min(Charge.month_on)).where(Charge.account_id == account.id)
    query = select(func.least(begun.scalar_subquery(), charged.scalar_subquery()))
    first: date | None = session.scalar(query)
    return min(Month.of(first or today()), Month.of(today()))


def _expected(order: Order, month: Month, running: Iterable[Running]) -> Iterator[Extra]:
    """Give the fees that an open order will cost in `month`."""
    if Month.of(max(order.effective_on, today())) != month:
        return
    families = {item.offering.code: Family(item.offering.family) for item in order.items}
    for line in fees_of(order, order.quote.terms, running):
        yield Extra(
            reference=f"order:{order.number}:{line.kind}:{line.code}",
            kind=line.kind.value,
            amount=line.amount,
            code=line.code,
            family=families.get(line.code),
            count=line.count,
            price=line.price,
        )


def imports_page(*, after: str | None = None) -> Page[BillingImport]:
    """Return a page of the imports of billing's feed, the newest first."""
    return page_of(select(BillingImport), BillingImport.started_at, BillingImport.id, after=after)


def import_of(import_id: UUID) -> BillingImport:
    """Return an import. Raises NotFoundError."""
    if found := session.get(BillingImport, import_id):
        return found
    raise NotFoundError


def refusals_page(of: BillingImport, *, after: str | None = None) -> Page[BillingRefusal]:
    """Return a page of the lines that an import refused, in the order of the feed."""
    query = select(BillingRefusal).where(BillingRefusal.import_id == of.id)
    return page_of(query, BillingRefusal.line, after=after, newest_first=False)
