"""What the desk writes down about itself."""

from collections.abc import Iterable

from portal.accounts.models import Account, User
from portal.appeals.models import Appeal
from portal.appeals.queries import VIEWED
from portal.core import audit, db


def note_view(appeal: Appeal, *, by: User) -> None:
    """Write down, whatever becomes of the request, who looked at a customer's facts and why.

    The customer can see it. Records `staff.customer_viewed`, the reason being the appeal.
    """
    with db.separately(user_id=by.id, staff=True) as own:
        audit.record_in(
            own,
            VIEWED,
            subject=appeal,
            actor=by,
            account_id=appeal.account_id,
            reason=appeal.number,
        )


def note_lookup(accounts: Iterable[Account], *, by: User) -> None:
    """Write down who looked a contract up while somebody was at the phone or the counter.

    The customer can see it. Records `staff.customer_viewed` for each.
    """
    with db.separately(user_id=by.id, staff=True) as own:
        for account in accounts:
            audit.record_in(
                own, VIEWED, subject=account, actor=by, account_id=account.id, reason="register"
            )
