"""What is done at the desk: one function, one use case."""

from portal.staff.actions.canned import remove_reply, save_reply
from portal.staff.actions.many import ManyWritten, answer_many, send_next
from portal.staff.actions.registering import Told, register
from portal.staff.actions.speaking import field_values, speak
from portal.staff.actions.supervising import Refusal, assign_many, extend_many
from portal.staff.actions.viewing import note_lookup, note_view

__all__ = [
    "ManyWritten",
    "Refusal",
    "Told",
    "answer_many",
    "assign_many",
    "extend_many",
    "field_values",
    "note_lookup",
    "note_view",
    "register",
    "remove_reply",
    "save_reply",
    "send_next",
    "speak",
]
