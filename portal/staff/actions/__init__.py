"""What is done at the desk: one function, one use case."""

from portal.staff.actions.viewing import note_view

__all__ = ["note_view"]
