"""What the neighbours and the parents of the demo left, and what they nearly left."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.accounts.demo import Cast
from portal.accounts.models import Account, User
from portal.catalog.models import Offering, Price
from portal.catalog.queries import in_force
from portal.core import clock, ids
from portal.core.db import session
from portal.core.text import local
from portal.services import changes, quoting
from portal.services.actions.orders import order_number
from portal.services.changes import Act, Cause, Wish
from portal.services.household import Household
from portal.services.models import Order, OrderItem, OrderStep, Quote, Subscription
from portal.services.states import ItemState, OrderState

# who, what, why, in which words, how many days ago, whether he left
STORY = (
    ("neighbours", "cloud-100", "price", "В другом месте вдвое дешевле.", 3, True),
    ("neighbours", "antivirus", "unused", None, 4, True),
    ("parents", "caller-id", "unused", "Енді керек емес.", 5, True),
    ("parents", "tv-kids", "price", "Думал отключить, но внуки приедут летом.", 6, False),
    ("neighbours", "tv-basic", "quality", "Вечером картинка рассыпается.", 34, True),
)


def load(cast: Cast) -> None:
    """Add disconnections of this month and the last, and one that was thought better of."""
    people = {
        "neighbours": (cast.neighbours, cast.neighbour),
        "parents": (cast.parents, cast.father),
    }
    for who, code, reason, words, days_ago, left in STORY:
        account, person = people[who]
        held = _held(account, code, gone=left, days_ago=days_ago)
        quote = _quote(held, person, (reason, words), days_ago)
        if left:
            _order(quote, held)


def _held(account: Account, code: str, *, gone: bool, days_ago: int) -> Subscription:
    if not gone:
        query = (
            select(Subscription)
            .join(Subscription.offering)
            .options(contains_eager(Subscription.offering))
            .where(Subscription.account_id == account.id, Offering.code == code)
        )
        return session.scalars(query).one()
    offering, monthly = session.execute(
        select(Offering, Price.monthly)
        .join(Price, (Price.offering_id == Offering.id) & in_force(clock.now()))
        .where(Offering.code == code)
    ).one()
    at = clock.now() - timedelta(days=days_ago)
    held = Subscription(
        id=ids.uuid7(),
        account_id=account.id,
        offering=offering,
        price=monthly,
        started_at=at - timedelta(days=300),
        started_on=local(at - timedelta(days=300)).date(),
        exit_fee=Decimal(0),
        rates=[],
        pauses=[],
    )
    session.add(held)
    session.flush()  # The quote's foreign key needs the row.
    return held


def _quote(held: Subscription, person: User, why: tuple[str, str | None], days_ago: int) -> Quote:
    at = clock.now() - timedelta(days=days_ago)
    terms = quoting.disconnect(held.id, Household(local(at).date(), (held.running,)))
    quote = Quote(
        id=ids.uuid7(),
        account_id=held.account_id,
        by_id=person.id,
        act=Act.DELETE.value,
        offering_id=held.offering.id,
        subscription_id=held.id,
        kept_wish=changes.wish_to_json(Wish(Act.DELETE, subscription_id=held.id)),
        kept_terms=changes.to_json(terms),
        reason=why[0],
        words=why[1],
        created_at=at,
        expires_at=at + timedelta(minutes=30),
    )
    session.add(quote)
    session.flush()  # The order's foreign key needs the row.
    return quote


def _order(quote: Quote, held: Subscription) -> None:
    at = quote.created_at + timedelta(minutes=5)
    held.end(on=local(at).date(), now=at)
    order = Order(
        id=ids.uuid7(),
        account_id=quote.account_id,
        quote_id=quote.id,
        number=order_number(local(at).year),
        act=Act.DELETE.value,
        offering_id=quote.offering_id,
        state=OrderState.COMPLETED.value,
        placed_by_id=quote.by_id,
        placed_at=at,
        effective_on=local(at).date(),
        starts_at=at,
        next_try_at=at,
        ended_at=at,
        needs_technician=False,
        history=[OrderStep(account_id=quote.account_id, position=1, state="completed", at=at)],
        items=[
            OrderItem(
                account_id=quote.account_id,
                position=0,
                act=Act.DELETE.value,
                cause=Cause.ASKED.value,
                offering_id=quote.offering_id,
                subscription_id=held.id,
                price=held.price,
                state=ItemState.COMPLETED.value,
            )
        ],
    )
    session.add(order)
