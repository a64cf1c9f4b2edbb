"""What an issue says in one language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Title, summary and text; `body` is Markdown."""

    title: str
    lead: str
    body: str
