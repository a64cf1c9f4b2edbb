"""The access table, one module per feature: ROWS = {endpoint or "POST endpoint": Row}."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from tests.cast import Person

EVERYBODY = ("anonymous", "alice", "bob", "carol", "dora", "eric", "fiona", "gulnara")
STAFF = ("dora", "eric", "fiona", "gulnara")


@dataclass(frozen=True)
class World:
    """What a row's `values` may build its things with: the owner's session and the cast."""

    db: Session
    cast: dict[str, Person]


@dataclass(frozen=True)
class Row:
    """The status that each persona gets.

    `values` builds what the URL names (account_id is alice's by default); `data` is posted.
    """

    statuses: dict[str, int]
    values: Callable[[World], dict[str, Any]] | None = None
    data: dict[str, Any] = field(default_factory=dict)


def public(status: int = 200, **more: int) -> dict[str, int]:
    """Everybody gets the same, but for those named."""
    return dict.fromkeys(EVERYBODY, status) | more


def private(status: int = 200, *, viewer: int | None = None, **more: int) -> dict[str, int]:
    """A page of alice's account: bob and staff get 404; carol what `viewer` says (403)."""
    return {
        "anonymous": 302,
        "alice": status,
        "bob": 404,
        "carol": 403 if viewer is None else viewer,
        **dict.fromkeys(STAFF, 404),
    } | more


def signed_in(status: int = 200, **more: int) -> dict[str, int]:
    """A page of whoever is signed in."""
    return public(status, anonymous=302) | more


def staff(status: int = 200, *, only: tuple[str, ...] = STAFF) -> dict[str, int]:
    """A page of the desk: customers and other staff get 403."""
    return dict.fromkeys(EVERYBODY, 403) | {"anonymous": 302} | dict.fromkeys(only, status)
