"""What services do when something happens elsewhere."""

from portal.core.events import on
from portal.events import SpendingLimited
from portal.services import actions


@on(SpendingLimited)
def tell_member(event: SpendingLimited) -> None:
    actions.tell_limit(event.account_id, event.user_id, event.limit)
