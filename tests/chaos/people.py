"""Who orders in the chaos run, and what: contracts with plans of three acts each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.accounts.passwords import hash_password
from tests.cast import make_account, make_membership, make_user
from tests.chaos.verdict import Work
from tests.services.factories import stock, subscribe

PASSWORD = "eight clients at once"
REFUSALS = {"night-boost delete": "no_capacity"}  # taken back as a whole: see UNDONE


@dataclass(frozen=True)
class Act:
    """Connect or disconnect `code`; `works` of the network as (action, offering)."""

    kind: str
    code: str
    works: tuple[tuple[str, str], ...]
    ends: str = "completed"


def _connect(code: str, *ended: str) -> Act:
    return Act("connect", code, (("add", code), *(("delete", each) for each in ended)))


def _disconnect(code: str) -> Act:
    return Act("disconnect", code, (("delete", code),))


UNDONE = Act(
    "connect",
    "vmeste-500",
    tuple((do, code) for code in ("vmeste-500", "vmeste-200") for do in ("add", "delete")),
    ends="failed",
)
PLANS: Sequence[tuple[tuple[str, ...], tuple[Act, ...]]] = (
    ((), (_connect("vmeste-200"), _connect("phone-home"), _connect("vmeste-500", "vmeste-200"))),
    (("vmeste-100",), (_connect("antivirus"), _disconnect("antivirus"), _connect("static-ip"))),
    (
        ("vmeste-200", "phone-home"),
        (_disconnect("phone-home"), _connect("vmeste-500", "vmeste-200"), _connect("antivirus")),
    ),
    (("vmeste-200", "night-boost"), (UNDONE, _connect("phone-mobile"), _connect("cloud-100"))),
)


@dataclass
class Contract:
    """What a client orders on one contract: his acts, one after the other."""

    id: str
    number: str
    acts: list[Act]
    last_order: str | None = None
    quote: str | None = None

    def works(self, act: Act) -> tuple[Work, ...]:
        return tuple((action, f"{self.number}/{code}") for action, code in act.works)


@dataclass
class Client:
    """Somebody who signs in and orders for several contracts."""

    email: str
    contracts: list[Contract] = field(default_factory=list)


@dataclass
class People:
    clients: list[Client]
    at_first: list[str]


def make_people(db: Session, *, clients: int, contracts: int, orders: int) -> People:
    """Fill an empty database: the catalogue, people who sign in, contracts with acts to order."""
    stock(db)
    secret = hash_password(PASSWORD)
    users = [
        make_user(db, f"client{one} Chaos", email=f"client{one}@example.kz", password_hash=secret)
        for one in range(clients)
    ]
    made = People([Client(user.email) for user in users], [])
    left = orders
    for one in range(contracts):
        held, acts = PLANS[one % len(PLANS)]
        account = make_account(db, f"7{one:08d}")
        db.flush()  # The foreign keys need the rows.
        make_membership(db, users[one % clients], account)
        db.commit()
        subscribe(db, account, *held)
        made.at_first += [f"{account.number}/{code}" for code in held]
        mine = list(acts[: min(left, len(acts))])
        left -= len(mine)
        made.clients[one % clients].contracts.append(
            Contract(str(account.id), account.number, mine)
        )
    db.commit()
    return made
