"""What a member may order in a calendar month, as the holder of the contract allows."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from portal.accounts.models import Account, Membership, User
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.money import ZERO
from portal.core.text import _l, midnight, money, today
from portal.notify.actions import notify
from portal.services.changes import Terms
from portal.services.models import Order
from portal.services.states import OrderState

_TAKEN_BACK = (OrderState.CANCELLED.value, OrderState.FAILED.value)
_BEYOND = _l(
    "Your limit for this month is %(limit)s; %(used)s of it is used, and this order counts"
    " %(asked)s. Ask the holder of the contract for more."
)


@dataclass(frozen=True)
class Allowance:
    """A member's limit for the present month, what he used of it, and what an order would count."""

    limit: Decimal
    used: Decimal
    asked: Decimal

    @property
    def is_enough(self) -> bool:
        return not self.asked or self.used + self.asked <= self.limit

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.limit - self.used)

    @property
    def refusal(self) -> RuleError:
        """Return the refusal of an order for which it is not enough."""
        sums = {name: money(getattr(self, name)) for name in ("limit", "used", "asked")}
        return RuleError(_BEYOND, **sums)


def spending_of(terms: Terms) -> Decimal:
    """Return what an order counts: its one-time sums, and by how much each month becomes dearer.

    A month is counted without promotions. What only rests, wakes or ends makes nothing dearer.
    """
    later = (item.monthly - item.first_monthly for item in terms.begins)
    rise = sum(later, terms.monthly_change) if terms.begins else ZERO
    return max(ZERO, terms.one_time) + max(ZERO, rise)


def allowance_of(account: Account, terms: Terms, *, by: User) -> Allowance | None:
    """Return what `by` may still order on this account this calendar month; None: all he likes.

    Two statements. Source: the spending limit is the holder's wish, per member and local month.
    """
    limit = session.scalar(
        select(Membership.spending_limit).where(
            Membership.account_id == account.id, Membership.user_id == by.id
        )
    )
    if limit is None:
        return None
    used = session.scalar(
        select(func.coalesce(func.sum(Order.spending), ZERO)).where(
            Order.account_id == account.id,
            Order.placed_by_id == by.id,
            Order.placed_at >= midnight(today().replace(day=1)),
            Order.state.not_in(_TAKEN_BACK),
        )
    )
    return Allowance(limit, used or ZERO, spending_of(terms))


def check_spending(account: Account, terms: Terms, *, by: User) -> None:
    """Raise RuleError, with the sums, if the order would go beyond the limit of `by`.

    The account must be locked: then two orders at once cannot both fit.
    """
    allowance = allowance_of(account, terms, by=by)
    if allowance and not allowance.is_enough:
        raise allowance.refusal


def tell_limit(account_id: UUID, user_id: UUID, limit: Decimal | None) -> None:
    """Tell a member for how much he may order from now on."""
    link = f"/a/{account_id}/services"
    if limit is None:
        notify(user_id, "services.limit_lifted", link=link, account_id=account_id)
    else:
        notify(user_id, "services.limit_set", link=link, account_id=account_id, limit=limit)
