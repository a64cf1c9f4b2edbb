"""What people do with outages: one function, one use case."""

from portal.appeals.outages.actions.answering import (
    remind_of_question,
    say_it_works,
    say_still_broken,
)
from portal.appeals.outages.actions.following import Wish, follow, follow_publicly, link_appeal
from portal.appeals.outages.actions.telling import tell_followers, tell_next
from portal.appeals.outages.actions.working import (
    broadcast_update,
    call_off,
    check_new,
    move_promise,
    open_outage,
    restore,
)

__all__ = [
    "Wish",
    "broadcast_update",
    "call_off",
    "check_new",
    "follow",
    "follow_publicly",
    "link_appeal",
    "move_promise",
    "open_outage",
    "remind_of_question",
    "restore",
    "say_it_works",
    "say_still_broken",
    "tell_followers",
    "tell_next",
]
