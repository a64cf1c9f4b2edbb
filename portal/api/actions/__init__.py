"""What is done for other systems: one function, one use case."""

from portal.api.actions.tokens import note_use, open_to, revoke

__all__ = ["note_use", "open_to", "revoke"]
