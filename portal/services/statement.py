"""A month's statement: monthly prices by days, and the charges beside them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.catalog.families import Family
from portal.core.money import ZERO
from portal.services.household import Running
from portal.services.proration import Month, Part

MONTHLY = "monthly"


@dataclass(frozen=True)
class Extra:
    """A charge as statements see it: a sum beside the monthly prices, or billing's own of one."""

    reference: str
    kind: str
    amount: Decimal
    code: str = ""
    family: Family | None = None
    count: int = 0
    price: Decimal = ZERO
    is_billed: bool = False
    cause: str = ""


@dataclass(frozen=True)
class StatementLine:
    """One sum of a month. `part` derives it; `count` x `price` derive a fee of several months.

    `key` is the same for all that a subscription costs, in every month; `cause` is what a
    compensation is for.
    """

    key: str
    kind: str
    amount: Decimal
    code: str = ""
    family: Family | None = None
    part: Part | None = None
    count: int = 0
    price: Decimal = ZERO
    is_billed: bool = False
    cause: str = ""


@dataclass(frozen=True)
class Statement:
    """All sums of a month. Lines come in the order of the subscriptions, then the charges."""

    month: Month
    lines: tuple[StatementLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def services(self) -> list[tuple[str, Family | None, Decimal]]:
        """Return (code, family, sum) of each service that costs something, the dearest first."""
        sums: dict[tuple[str, Family | None], Decimal] = {}
        for line in self.lines:
            key = (line.code, line.family)
            sums[key] = sums.get(key, ZERO) + line.amount
        rows = [(code, family, amount) for (code, family), amount in sums.items() if amount > 0]
        return sorted((row for row in rows if row[0]), key=lambda row: -row[2])

    @property
    def shares(self) -> list[tuple[Family | None, Decimal]]:
        """Return the sums by family, in the families' order; None is what belongs to none."""
        sums: dict[Family | None, Decimal] = {}
        for line in self.lines:
            sums[line.family] = sums.get(line.family, ZERO) + line.amount
        order: list[Family | None] = [*Family, None]
        return [(family, sums[family]) for family in order if sums.get(family)]


def monthly_reference(subscription_id: UUID, month: Month) -> str:
    """Return the reference under which billing sends a month's price of a subscription."""
    return f"subscription:{subscription_id}:{month.year}-{month.number:02d}"


def statement_of(month: Month, running: Iterable[Running], extras: Iterable[Extra]) -> Statement:
    """Return the statement of `month`; of its `extras` a billed one has the last word."""
    billed = {each.reference: each for each in extras}
    lines: list[StatementLine] = []
    for each in running:
        own = billed.pop(monthly_reference(each.id, month), None)
        lines += _monthly(month, each, own)
    return Statement(month, (*lines, *(_extra(each) for each in billed.values())))


def _monthly(month: Month, running: Running, billed: Extra | None) -> list[StatementLine]:
    """Return what a subscription costs: one line for each rate, or the one that billing sent."""
    code, family = running.rule.code, running.rule.family
    key = str(running.id) if running.id.int else code
    if billed:
        return [StatementLine(key, MONTHLY, billed.amount, code, family, is_billed=True)]
    return [
        StatementLine(key, MONTHLY, part.amount, code, family, part=part)
        for part in running.parts(month)
    ]


def _extra(each: Extra) -> StatementLine:
    return StatementLine(
        key=each.reference,
        kind=each.kind,
        amount=each.amount,
        code=each.code,
        family=each.family,
        count=each.count,
        price=each.price,
        is_billed=each.is_billed,
        cause=each.cause,
    )
