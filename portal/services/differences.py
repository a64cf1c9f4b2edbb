"""Why one month costs more or less than the month before it. Pure.

The amounts of the differences add up to the difference of the totals, exactly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from portal.core.money import ZERO
from portal.services.proration import Month, Part, RateKind
from portal.services.statement import MONTHLY, Statement, StatementLine


class Turn(StrEnum):
    """What happens to a service on a day."""

    BEGINS = "begins"
    ENDS = "ends"
    PROMO = "promo"
    REGULAR = "regular"
    PAUSES = "pauses"
    RESUMES = "resumes"
    REPRICED = "repriced"


@dataclass(frozen=True)
class Difference:
    """What one thing adds to the later month, or takes from it.

    `turns` say why, with their days. Without them the reason is that the sum is of one month
    only (`once`), or that billing says so.
    """

    amount: Decimal
    kind: str
    code: str = ""
    turns: tuple[tuple[Turn, date], ...] = ()
    cause: str = ""
    once: date | None = None

    @property
    def is_billed(self) -> bool:
        return not self.turns and self.once is None


@dataclass
class _Costs:
    """The lines of one thing: in the month before, as that is meant to end, and after it."""

    before: list[StatementLine] = field(default_factory=list)
    meant: list[StatementLine] = field(default_factory=list)
    after: list[StatementLine] = field(default_factory=list)


def explained(
    before: Statement, after: Statement, *, meant: Statement | None = None
) -> list[Difference]:
    """Return why `after` differs from `before`, the month that precedes it; things in their order.

    `meant` is `before` as it will be once open orders are done: the reasons come from there, the
    sums from what stands now. What costs the same is left out.
    """
    costs: dict[str, _Costs] = {}
    for name, statement in (("before", before), ("meant", meant or before), ("after", after)):
        for line in statement.lines:
            getattr(costs.setdefault(line.key, _Costs()), name).append(line)
    stand = (each for each in costs.values() if each.before or each.after)
    found = (_difference(before.month, after.month, each) for each in stand)
    return [each for each in found if each.amount]


def _difference(earlier: Month, later: Month, costs: _Costs) -> Difference:
    line = (costs.after or costs.before)[0]
    known = [*costs.meant, *costs.after]
    parts = [each.part for each in known if each.part]
    is_reckoned = line.kind == MONTHLY and len(parts) == len(known) > 0
    once = None
    if line.kind != MONTHLY and not (costs.before and costs.after):
        once = (later if costs.after else earlier).first_day
    return Difference(
        amount=_total(costs.after) - _total(costs.before),
        kind=line.kind,
        code=line.code,
        turns=tuple(_turns(parts, earlier, later)) if is_reckoned else (),
        cause=line.cause,
        once=once,
    )


def _total(lines: Iterable[StatementLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _turns(parts: list[Part], earlier: Month, later: Month) -> Iterator[tuple[Turn, date]]:
    """Give what happens to a service in the two months, from its `parts` of both."""
    if parts[0].first_day > earlier.first_day:
        yield Turn.BEGINS, parts[0].first_day
    for old, new in pairwise(parts):
        if (old.kind, old.price) != (new.kind, new.price):
            yield _turn(old.kind, new.kind), new.first_day
    if parts[-1].last_day < later.last_day:
        yield Turn.ENDS, parts[-1].last_day + timedelta(days=1)


def _turn(old: RateKind, new: RateKind) -> Turn:
    if new is RateKind.PAUSED:
        return Turn.PAUSES
    if old is RateKind.PAUSED:
        return Turn.RESUMES
    if old is new:
        return Turn.REPRICED
    return Turn.PROMO if new is RateKind.PROMO else Turn.REGULAR
