"""What is done for other systems: one function, one use case."""

from portal.api.actions.tickets import KeyTakenError, change_ticket, create_ticket
from portal.api.actions.tokens import note_use, open_to, revoke

__all__ = ["KeyTakenError", "change_ticket", "create_ticket", "note_use", "open_to", "revoke"]
