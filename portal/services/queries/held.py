"""Reads of subscriptions and of what a month costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Premises
from portal.catalog.families import Family
from portal.catalog.models import Offering
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.money import ZERO
from portal.core.paging import Page, page_of
from portal.services.models import Charge, Subscription
from portal.services.proration import Month
from portal.services.statement import Extra, Statement, statement_of


@dataclass(frozen=True)
class MonthView:
    """This month beside the one before. `running` are the subscriptions of now, oldest first."""

    statement: Statement
    before: Statement
    running: Sequence[Subscription]
    names: dict[str, str]

    @property
    def change(self) -> Decimal:
        """Return by how much this month is dearer than the one before."""
        return self.statement.total - self.before.total


def subscriptions_of(account: Account) -> Sequence[Subscription]:
    """Return what the account has now, in the order of the catalogue."""
    return sorted(
        session.scalars(_subscriptions(account).where(Subscription.ended_on.is_(None))),
        key=lambda each: (each.offering.position, each.id),
    )


def subscriptions_page(account: Account, *, after: str | None = None) -> Page[Subscription]:
    """Return a page of what the account has now: newest first, or as the catalogue if all fits."""
    query = _subscriptions(account).where(Subscription.ended_on.is_(None))
    page = page_of(query, Subscription.id, after=after)
    if after or page.next:
        return page
    return Page(sorted(page.items, key=lambda each: each.offering.position), None)


def running_after(
    last: UUID | None, *, limit: int
) -> Sequence[Row[UUID, str, str, str | None, str | None]]:
    """Return what runs on any contract, `limit` at most, in the order of the keys after `last`.

    Each has its id, the contract's number, the offering's code, and city and street. For staff.
    """
    columns = (Subscription.id, Account.number, Offering.code, Premises.city, Premises.street)
    query = (
        select(*columns)
        .join(Account, Account.id == Subscription.account_id)
        .join(Subscription.offering)
        .outerjoin(Premises, Premises.id == Subscription.premises_id)
        .where(Subscription.ended_on.is_(None))
        .order_by(Subscription.id)
        .limit(limit)
    )
    return session.execute(query.where(Subscription.id > last) if last else query).all()


def subscription_of(account: Account, subscription_id: UUID) -> Subscription:
    """Return a running subscription of this account. Raises NotFoundError for any other."""
    query = _subscriptions(account).where(
        Subscription.id == subscription_id, Subscription.ended_on.is_(None)
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def month_of(account: Account, on: date) -> MonthView:
    """Return the statement of the month of the local day `on`, and of the month before.

    Two statements of SQL: subscriptions and charges.
    """
    month = Month.of(on)
    held = sorted(
        overlapping(account, month.preceding.first_day), key=lambda each: each.offering.position
    )
    charges = charges_since(account, month.preceding.first_day)
    this, last = (
        statement_of(each, (one.running for one in held), extras_of(charges, each))
        for each in (month, month.preceding)
    )
    offerings = [*(each.offering for each in held), *(each.offering for each in charges)]
    return MonthView(
        statement=this,
        before=last,
        running=[each for each in held if each.is_running],
        names={each.code: each.name for each in offerings if each},
    )


def _subscriptions(account: Account) -> Select[Subscription]:
    return (
        select(Subscription)
        .options(joinedload(Subscription.offering))
        .where(Subscription.account_id == account.id)
    )


def overlapping(account: Account, since: date) -> Sequence[Subscription]:
    """Return the subscriptions that run now or ran on `since` or later."""
    query = _subscriptions(account).where(
        Subscription.ended_on.is_(None) | (Subscription.ended_on > since)
    )
    return session.scalars(query.order_by(Subscription.started_at, Subscription.id)).all()


def charges_since(account: Account, since: date) -> Sequence[Charge]:
    """Return the charges of the months from `since` on, in the order in which they came."""
    query = (
        select(Charge)
        .options(joinedload(Charge.offering))
        .where(Charge.account_id == account.id, Charge.month_on >= since)
        .order_by(Charge.created_at, Charge.id)
    )
    return session.scalars(query).all()


def extras_of(charges: Sequence[Charge], month: Month) -> list[Extra]:
    return [_extra(each) for each in charges if each.month_on == month.first_day]


def _extra(charge: Charge) -> Extra:
    offering = charge.offering
    return Extra(
        reference=charge.reference,
        kind=charge.kind,
        amount=charge.amount,
        code=offering.code if offering else "",
        family=Family(offering.family) if offering else None,
        count=charge.count or 0,
        price=charge.price or ZERO,
        is_billed=charge.state == "billed",
        cause=charge.cause or "",
    )
