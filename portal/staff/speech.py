"""What is written at the desk: its kinds, and all that belongs to one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.appeals.models import Draft


class Speech(StrEnum):
    """What the specialist writes: four kinds that the customer reads, and the note."""

    MESSAGE = "message"
    QUESTION = "question"
    INTERIM = "interim"
    FINAL = "final"
    NOTE = "note"


@dataclass(frozen=True)
class Written:
    """What is written: the kind, the text; for an interim answer its date, and why it is later.

    `draft` holds the files that go with it.
    """

    kind: Speech
    body: str
    promised_at: datetime | None = None
    reason: str = ""
    draft: Draft | None = None
