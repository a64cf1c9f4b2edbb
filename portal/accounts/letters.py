"""The e-mails about signing in: written in the reader's language, sent by job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from portal.core import mail
from portal.core.text import Marked


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter says: sentences with %(name)s places, and one link."""

    subject: Marked
    lines: tuple[Marked, ...]
    act: Marked
    endpoint: str
    where: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


def send(letter: Letter, *, to: str, language: str) -> None:
    """Let the letter leave with this transaction."""
    mail.send(
        to=to,
        language=language,
        subject=letter.subject,
        lines=letter.lines,
        act=letter.act,
        url=address_of(letter.endpoint, **letter.where),
        **letter.values,
    )


def address_of(endpoint: str, **where: Any) -> str:
    """Return the whole address of a page, for a letter.

    Its host is the configuration's, never a request's. `where` fills in the path; what has no
    place there comes behind the question mark. Raises BuildError if there is no such page.
    """
    base: str = current_app.config["SETTINGS"].base_url
    return base + current_app.url_map.bind("").build(endpoint, where)
