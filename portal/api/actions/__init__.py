"""What is done for other systems: one function, one use case."""

from portal.api.actions.tickets import KeyTakenError, change_ticket, create_ticket
from portal.api.actions.tokens import note_use, open_to, revoke
from portal.api.actions.webhooks import end, pause, replay, resume, subscribe

__all__ = [
    "KeyTakenError",
    "change_ticket",
    "create_ticket",
    "end",
    "note_use",
    "open_to",
    "pause",
    "replay",
    "resume",
    "revoke",
    "subscribe",
]
