"""The access table, one module per feature: ROWS = {endpoint or "POST endpoint": Row}."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from tests.cast import Person

EVERYBODY = ("anonymous", "alice", "bob", "carol", "dora", "eric", "fiona", "gulnara")
STAFF = ("dora", "eric", "fiona", "gulnara")
CROWD = ("hamit", "ilyas", "jamila", "kamila", "leila")
PARENT, MANAGER, ADMINISTRATOR, AGENCY, ENDED = CROWD
HOLDER_ONLY = (PARENT, MANAGER)


@dataclass(frozen=True)
class World:
    """What a row's `values` may build its things with: the owner's session and the cast."""

    db: Session
    cast: dict[str, Person]


@dataclass(frozen=True)
class Row:
    """The status that each persona gets; of the crowd only where it differs from alice's.

    `values` builds what the URL names (account_id is alice's by default); `data` is posted.
    """

    statuses: dict[str, int]
    values: Callable[[World], dict[str, Any]] | None = None
    data: dict[str, Any] = field(default_factory=dict)


def public(status: int = 200, **more: int) -> dict[str, int]:
    """Everybody gets the same, but for those named."""
    return dict.fromkeys(EVERYBODY, status) | more


def private(
    status: int = 200, *, viewer: int | None = None, but: tuple[str, ...] = (), **more: int
) -> dict[str, int]:
    """A page of alice's account: bob, staff and who has left get 404; carol what `viewer` says.

    Who is named by `but` gets 403, as does carol if nothing is said; parent and manager may what
    alice may if they are not named.
    """
    return {
        "anonymous": 302,
        "alice": status,
        "bob": 404,
        "carol": 403 if viewer is None else viewer,
        **dict.fromkeys(STAFF, 404),
        **dict.fromkeys(but, 403),
        ENDED: 404,
    } | more


def ordering(status: int = 200) -> dict[str, int]:
    """What costs money on alice's account: for holder and manager."""
    return private(status, but=(PARENT,))


def parenting(status: int = 200) -> dict[str, int]:
    """Parental control of alice's account: for holder and parent."""
    return private(status, but=(MANAGER,))


def signed_in(status: int = 200, **more: int) -> dict[str, int]:
    """A page of whoever is signed in."""
    return public(status, anonymous=302) | more


def staff(status: int = 200, *, only: tuple[str, ...] = STAFF) -> dict[str, int]:
    """A page of the desk: customers and other staff get 403, of the crowd those at work too."""
    refused = (*EVERYBODY, ADMINISTRATOR, AGENCY)
    return dict.fromkeys(refused, 403) | {"anonymous": 302} | dict.fromkeys(only, status)
