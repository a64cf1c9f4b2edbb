"""What stands beside an appeal: contract, services, what was written before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.appeals.models import Appeal, Contact
from portal.core.db import session
from portal.services import queries as services
from portal.services.models import Order, Subscription

EARLIER_SHOWN = 5


@dataclass(frozen=True)
class Nearby:
    """Something that happens around the customer: its words, colour and icon."""

    label: str
    state: str
    icon: str


@dataclass(frozen=True)
class Customer:
    """What is known about who wrote: without a contract nothing but what came from his address."""

    contact: Contact
    account: Account | None
    subscriptions: Sequence[Subscription]
    orders: Sequence[Order]
    earlier: Sequence[Appeal]

    @property
    def nearby(self) -> list[Nearby]:
        """Return what happens around the customer just now."""
        return [Nearby(order.offering.name, "run", "truck") for order in self.orders]

    @property
    def month_sum(self) -> Decimal:
        return sum((held.price_today for held in self.subscriptions), Decimal(0))


def contact_of(appeal: Appeal) -> Contact:
    """Return who wrote. One statement, also when the queue beside it has read the row."""
    return session.scalars(select(Contact).where(Contact.id == appeal.contact_id)).one()


def customer_of(appeal: Appeal) -> Customer:
    """Return what stands beside an appeal. A fixed number of statements."""
    contact = contact_of(appeal)
    if appeal.account_id is None:
        return Customer(contact, None, (), (), _from(contact, appeal))
    account = (
        session.scalars(
            select(Account)
            .where(Account.id == appeal.account_id)
            .options(joinedload(Account.premises))
        )
        .unique()
        .one()
    )
    return Customer(
        contact,
        account,
        services.subscriptions_of(account),
        services.open_orders(account),
        _earlier(account, appeal),
    )


def _earlier(account: Account, but: Appeal) -> Sequence[Appeal]:
    return session.scalars(
        select(Appeal)
        .where(Appeal.account_id == account.id, Appeal.id != but.id)
        .order_by(Appeal.id.desc())
        .limit(EARLIER_SHOWN)
    ).all()


def _from(contact: Contact, but: Appeal) -> Sequence[Appeal]:
    """Return what else came from this phone or e-mail without a contract."""
    same = select(Contact.id).where(
        Contact.address == contact.address, Contact.account_id.is_(None)
    )
    return session.scalars(
        select(Appeal)
        .where(Appeal.contact_id.in_(same), Appeal.id != but.id)
        .order_by(Appeal.id.desc())
        .limit(EARLIER_SHOWN)
    ).all()
