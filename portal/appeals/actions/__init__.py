"""What people do with appeals: one function, one use case."""

from portal.appeals.actions.chatting import chat, subject_of_text
from portal.appeals.actions.customer import close_as_working, reply, withdraw
from portal.appeals.actions.drafts import (
    attach_bytes,
    attach_file,
    attach_text,
    detach_file,
    drop_old_drafts,
    enclosed,
    save_draft,
)
from portal.appeals.actions.filing import (
    Filed,
    Writer,
    file_appeal,
    new_secret,
)
from portal.appeals.actions.orders import file_fault_of_order, note_order
from portal.appeals.actions.specialist import (
    add_note,
    answer,
    claim,
    extend_investigation,
    open_investigation,
    recognise_claim,
    release,
    send_final,
    send_interim,
)
from portal.appeals.actions.upkeep import close_answered, erase_text, note_rating, resume_unanswered

__all__ = [
    "Filed",
    "Writer",
    "add_note",
    "answer",
    "attach_bytes",
    "attach_file",
    "attach_text",
    "chat",
    "claim",
    "close_answered",
    "close_as_working",
    "detach_file",
    "drop_old_drafts",
    "enclosed",
    "erase_text",
    "extend_investigation",
    "file_appeal",
    "file_fault_of_order",
    "new_secret",
    "note_order",
    "note_rating",
    "open_investigation",
    "recognise_claim",
    "release",
    "reply",
    "resume_unanswered",
    "save_draft",
    "send_final",
    "send_interim",
    "subject_of_text",
    "withdraw",
]
