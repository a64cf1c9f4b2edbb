"""What became of the orders: the clients' own record beside the portal's and the network's."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Work = tuple[str, str]  # (add | modify | delete, "<contract>/<offering>")
ENDED = frozenset({"completed", "failed", "partial", "cancelled"})


@dataclass(frozen=True)
class Intent:
    """One act that a client meant, and the order that he was told it is.

    `works`: what the network has to do for it, exactly once each. `ends`: how the order must end.
    """

    contract: str
    works: tuple[Work, ...]
    order_id: str
    ends: str = "completed"


@dataclass
class Verdict:
    """`lost`, `doubled`, `stuck`: a line for each fault."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.stuck)

    def __str__(self) -> str:
        counts = (len(self.lost), len(self.doubled), len(self.stuck))
        return "RESULT lost={} doubled={} stuck={}".format(*counts)


def judge(
    meant: Iterable[Intent],
    orders: Mapping[str, tuple[str, str]],
    done: Iterable[Work],
    running: Iterable[str],
    at_first: Iterable[str],
) -> Verdict:
    """Compare what was meant with what is there.

    `orders`: the portal's, id -> (contract, state). `done`: the network's books, a piece for each
    time it was done. `running`, `at_first`: services ("<contract>/<offering>") that the portal
    has now, and had before.
    """
    meant = list(meant)
    verdict = Verdict()
    for intent in meant:
        _judge_one(verdict, intent, orders)
    asked = Counter(intent.contract for intent in meant)
    placed = Counter(contract for contract, _state in orders.values())
    _balance(verdict, "orders of", asked, placed)
    wanted = Counter(work for intent in meant for work in intent.works)
    _balance(verdict, "network:", wanted, Counter(done))
    _balance(verdict, "service", Counter(_after(at_first, wanted)), Counter(running))
    return verdict


def _judge_one(verdict: Verdict, intent: Intent, orders: Mapping[str, tuple[str, str]]) -> None:
    contract, state = orders.get(intent.order_id, ("", "nowhere"))
    told = f"order {intent.order_id} of {intent.contract} is {state}, not {intent.ends}"
    if contract != intent.contract:
        verdict.lost.append(told)
    elif state not in ENDED:
        verdict.stuck.append(told)
    elif state != intent.ends:
        verdict.lost.append(told)


def _after(at_first: Iterable[str], works: Counter[Work]) -> list[str]:
    """Return the services that are there when all works are done."""
    balance = Counter(at_first)
    for (action, service), times in works.items():
        balance[service] += times if action == "add" else -times if action == "delete" else 0
    return list(balance.elements())


def _balance(verdict: Verdict, what: str, wanted: Counter, found: Counter) -> None:
    verdict.lost += [f"{what} {one}, {count} missing" for one, count in (wanted - found).items()]
    verdict.doubled += [
        f"{what} {one}, {count} too many" for one, count in (found - wanted).items()
    ]
