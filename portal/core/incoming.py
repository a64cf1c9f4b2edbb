"""Mailboxes of the portal beside the service address: a feature takes what is written to its own.

The mail server (`flask appeals post`) asks here about each recipient.
"""

from collections.abc import Callable
from typing import cast

from flask import Flask

from portal.config import Settings
from portal.core.mail import domain_of

Taker = Callable[[bytes], str]


def take_at(app: Flask, mailbox: str, take: Taker) -> None:
    """Let `take` have every letter to `mailbox`@ the domain of MAIL_FROM, as it came.

    It keeps its own transaction and returns, for the log, what became of the letter. The same
    letter may come twice.
    """
    settings: Settings = app.config["SETTINGS"]
    address = f"{mailbox}@{domain_of(settings.mail_from)}".lower()
    app.extensions.setdefault("mail_takers", {})[address] = take


def taker_of(app: Flask, address: str) -> Taker | None:
    """Return who takes what is written to `address`; None if nobody does."""
    takers = cast(dict[str, Taker], app.extensions.get("mail_takers", {}))
    return takers.get(address.lower())
