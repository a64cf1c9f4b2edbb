"""What a holder lets the others do."""

from decimal import Decimal

from portal.accounts.models import Membership, User
from portal.core import audit, events
from portal.events import SpendingLimited


def limit_spending(membership: Membership, *, limit: Decimal | None, by: User) -> None:
    """Let a member order for `limit` tenge a calendar month; None lifts the limit.

    Raises RuleError as Membership.limit_spending does. Records `accounts.spending_limited`,
    publishes SpendingLimited.
    """
    if membership.spending_limit == limit:
        return
    membership.limit_spending(limit)
    audit.record(
        "accounts.spending_limited",
        subject=membership,
        actor=by,
        account_id=membership.account_id,
        user_id=membership.user_id,
        limit=None if limit is None else f"{limit:.2f}",
    )
    events.publish(SpendingLimited(membership.account_id, membership.user_id, limit))
