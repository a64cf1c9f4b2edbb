"""Threads: by which headers a mail program keeps our letters and the customer's together."""

from uuid import UUID

from flask import current_app
from sqlalchemy import select

from portal.appeals import references
from portal.appeals.models import Appeal
from portal.appeals.post.models import IncomingMail
from portal.config import Settings
from portal.core.db import session
from portal.core.mail import domain_of

_MOST_REFERENCES = 10


def headers_of(
    appeal: Appeal, *, letter_id: UUID, answers: str = "", is_automatic: bool = False
) -> dict[str, str]:
    """Return the headers of a letter about an appeal to somebody who writes by e-mail.

    It answers his newest letter (or `answers`, a Message-ID), and can itself be answered.
    One statement. Source: RFC 5322, section 3.6.4; RFC 3834, section 5.
    """
    known = settings()
    token = references.token_of(appeal.id, known.secret_key)
    came = [answers] if answers else _came(appeal)
    own = references.message_id(
        appeal.id, letter_id, key=known.secret_key, domain=domain_of(known.mail_from)
    )
    headers = {
        "Message-ID": own,
        "Reply-To": references.answer_address(known.appeals_address, token),
        "Auto-Submitted": "auto-replied" if is_automatic else "no",
    }
    if came:
        headers |= {"In-Reply-To": came[-1], "References": " ".join(came)}
    return headers


def keys() -> list[str]:
    """Return the keys that a token may be sealed with, the newest first."""
    return [settings().secret_key, *settings().secret_key_fallbacks]


def settings() -> Settings:
    """Return the settings of this portal."""
    known: Settings = current_app.config["SETTINGS"]
    return known


def _came(appeal: Appeal) -> list[str]:
    """Return the Message-IDs of the customer's letters, oldest first: the first and the newest."""
    query = (
        select(IncomingMail.message_id)
        .where(IncomingMail.appeal_id == appeal.id, IncomingMail.message_id != "")
        .order_by(IncomingMail.id)
    )
    found = list(session.scalars(query))
    return found[:1] + found[1:][-_MOST_REFERENCES:]
