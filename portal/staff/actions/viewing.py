"""What the desk writes down about itself."""

from portal.accounts.models import User
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
