"""Place and cancel orders."""

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Account, User
from portal.catalog.models import Offering
from portal.core import audit, clock, events, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l, local, midnight
from portal.events import OrderCancelling
from portal.services.actions.completion import call_off
from portal.services.actions.limits import check_spending, spending_of
from portal.services.actions.quotes import check_again
from portal.services.changes import Terms
from portal.services.models import Order, OrderItem, Quote
from portal.services.queries import locked_order, order_of_quote
from portal.services.states import GIVEN_UP, ItemState, OrderState

TASK = "portal.services.jobs.run_order"


def place_order(account: Account, quote: Quote, *, by: User, undo: timedelta) -> Order:
    """Order what a quote promises; a second time gives the same order.

    Activation starts after `undo`, or when its day begins if that is later; until then the
    customer may cancel.

    Its job leaves with the same transaction. Records `services.order_placed`.
    Raises TermsChangedError if the terms are over or no longer hold, RuleError if the rules,
    another open order or the spending limit of `by` do not allow it.
    """
    _lock(account)
    if placed := order_of_quote(quote):
        return placed
    now = clock.now()
    check_spending(account, quote.terms, by=by)  # First: another order also changes the terms.
    check_again(account, quote, now=now)
    starts_at = max(now + undo, _day_begins(quote.wish.on, now))
    order = _order(quote, now=now, starts_at=starts_at, by=by)
    session.add(order)
    order.note(now=now, by=by.id)
    if order.needs_technician:
        order.go(OrderState.PENDING, now=now)
    else:
        start_work(order, at=order.starts_at)
    session.flush()  # Its page needs its id.
    audit.record(
        "services.order_placed", subject=order, actor=by, number=order.number, quote=quote.id
    )
    return order


def cancel_order(order: Order, *, by: User) -> None:
    """Cancel an order, at once if nothing has been started; a second time changes nothing.

    Of a held order it is unknown what the network did: the worker asks until it is known, takes
    back what was done, and only then is the order cancelled.
    Publishes OrderCancelled or OrderCancelling, records `services.order_cancelled`. Raises
    RuleError if it is too late.
    """
    now = clock.now()
    order = locked_order(Order.id == order.id)
    if order.state in GIVEN_UP:
        return
    if not order.is_cancellable(now):
        raise RuleError(_l("The work has started: this order can no longer be cancelled."))
    is_held = order.state == OrderState.HELD
    order.go(OrderState.PENDING_CANCELLATION, now=now, by=by.id)
    if is_held:
        _take_back(order, now)
    else:
        call_off(order, now=now)
    audit.record("services.order_cancelled", subject=order, actor=by, number=order.number)


def _take_back(order: Order, now: datetime) -> None:
    order.failure, order.tries = None, 0
    start_work(order, at=now)
    events.publish(OrderCancelling(order.account_id, order.id, order.number))


def finish_visit(number: str, *, on: date | None = None) -> None:
    """Note that the technician is done at the address: activation starts at once.

    The order holds from the day `on` (None: today), however long the network takes.
    Records `services.visit_finished`. Raises NotFoundError for an unknown number, RuleError if
    that order does not wait for a technician.
    """
    order = locked_order(Order.number == number)
    if order.state != OrderState.PENDING:
        raise RuleError(_l("This order does not wait for a technician."))
    now = clock.now()
    order.effective_on = on or local(now).date()
    order.go(OrderState.IN_PROGRESS, now=now, note="visited")
    start_work(order, at=now)
    audit.record("services.visit_finished", subject=order, number=order.number)


def start_work(order: Order, *, at: datetime) -> None:
    """Let the worker carry the order out at `at`; the order's next try is noted."""
    order.next_try_at = at
    enqueue(session, TASK, at=at, lock=lock_of(order), order_id=str(order.id))


def lock_of(order: Order) -> str:
    """Return the lock under which one job at a time works on an order."""
    return f"order:{order.id}"


def _day_begins(day: date | None, now: datetime) -> datetime:
    return midnight(day) if day else now


def _lock(account: Account) -> None:
    """Let one order of an account be placed at a time, so that the rules see what is there."""
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())


def _order(quote: Quote, *, now: datetime, starts_at: datetime, by: User) -> Order:
    terms = quote.terms
    return Order(
        id=ids.uuid7(),
        account_id=quote.account_id,
        quote=quote,
        number=order_number(local(now).year),
        act=quote.act,
        offering_id=quote.offering_id,
        effective_on=terms.effective_on,
        state=OrderState.ACKNOWLEDGED.value,
        placed_by_id=by.id,
        placed_at=now,
        starts_at=starts_at,
        next_try_at=starts_at,
        needs_technician=terms.needs_technician,
        spending=spending_of(terms),
        ref=quote.ref,
        items=_items(quote, terms),
        history=[],
    )


def _items(quote: Quote, terms: Terms) -> list[OrderItem]:
    ids_by_code = _offering_ids(terms)
    return [
        OrderItem(
            account_id=quote.account_id,
            position=place,
            act=item.act.value,
            change=item.change.value if item.change else None,
            cause=item.cause.value,
            offering_id=ids_by_code[item.code],
            subscription_id=item.subscription_id,
            price=item.first_monthly,
            state=ItemState.ACKNOWLEDGED.value,
        )
        for place, item in enumerate(terms.items)
    ]


def _offering_ids(terms: Terms) -> dict[str, UUID]:
    codes = [item.code for item in terms.items]
    rows = session.execute(select(Offering.code, Offering.id).where(Offering.code.in_(codes)))
    return dict(rows.all())


def order_number(year: int) -> str:
    """Return a new number such as `26-7K3F-9Q2M-C`: eight of its characters are random."""
    block = ["".join(secrets.choice(ids.ALPHABET) for _ in range(4)) for _ in range(2)]
    body = f"{year % 100:02d}-{block[0]}-{block[1]}"
    return f"{body}-{ids.check_character(body)}"
