"""The lines of a statement in words: each with all that is needed to reckon it again by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.catalog.families import Family
from portal.core.money import ZERO
from portal.core.text import Marked, _l, day, language, money, month, ngettext, translate
from portal.services.causes import CompensationCause
from portal.services.differences import Difference, Turn, explained
from portal.services.presenting import RATES, Row, between, days_derivation, months_derivation
from portal.services.proration import Month, Part
from portal.services.queries import Ledger
from portal.services.statement import MONTHLY, Statement, StatementLine

MOST_DIFFERENCES = 20
MOST_BARS = 12
_TIMES = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
KINDS: dict[str, Marked] = {
    "one_time": _l("Connection, once"),
    "early_exit": _l("Leaving before the term ends"),
    "compensation": _l("Compensation"),
    "correction": _l("Correction"),
    MONTHLY: _l("Monthly price"),
}
# What one has to know beside the lines, to reckon them again by hand.
RULES: tuple[Marked, ...] = (
    _l(
        "Sums include VAT. A day belongs to the plan that is in force at its end, by the time of"
        " Almaty."
    ),
    _l(
        "The days from the 10th to the 21st of 30 cost: price × 21 / 30, less price × 9 / 30, each"
        " rounded to the nearest tenge, half a tenge upwards. So the parts of an unchanged month"
        " add up to its price. Where the price has tiyn, it is rounded to a tiyn."
    ),
)
_TURNS: dict[Turn, Marked] = {
    Turn.BEGINS: _l("connected from %(day)s"),
    Turn.ENDS: _l("disconnected from %(day)s"),
    Turn.PROMO: _l("promotional price from %(day)s"),
    Turn.REGULAR: _l("regular price from %(day)s"),
    Turn.PAUSES: _l("paused from %(day)s"),
    Turn.RESUMES: _l("works again from %(day)s"),
    Turn.REPRICED: _l("another price from %(day)s"),
}


def written_lines(lines: Iterable[StatementLine], names: Mapping[str, str]) -> list[Row]:
    """Return each line with its derivation; `names` are the offerings' by their codes."""
    return [_written(line, names.get(line.code, "")) for line in lines]


def _written(line: StatementLine, name: str) -> Row:
    label, about = _headed(line.kind, name)
    parts = [*about, *_cause(line.cause), _derived(line)]
    return Row(label, ", ".join(part for part in parts if part), money(line.amount))


def _headed(kind: str, name: str) -> tuple[str, list[str]]:
    """Return what a line is headed with, and what is left to say of it."""
    if kind == MONTHLY and name:
        return name, []
    return translate(KINDS[kind]), [name]


def _cause(cause: str) -> list[str]:
    return [translate(CompensationCause(cause).label)] if cause else []


def _derived(line: StatementLine) -> str:
    """Return how the sum is made."""
    if line.is_billed:
        return translate(_l("billed: %(sum)s"), sum=money(line.amount))
    if line.part:
        return _days(line.part)
    if line.count:
        return months_derivation(line.count, line.price)
    return f"1{_TIMES}{money(line.amount)}"


def _days(part: Part) -> str:
    kind = f"{translate(RATES[part.kind])}, " if part.kind in RATES else ""
    if part.is_whole:
        whole = translate(_l("the whole month"))
        return f"{kind}{whole}{_TIMES}{money(part.price)}"
    days = days_derivation(part.days, part.month_days, part.price)
    return f"{kind}{between(part.first_day, part.last_day)}, {days}"


def written_differences(differences: Sequence[Difference], names: Mapping[str, str]) -> list[Row]:
    """Return why a month differs from the one before: the largest first, the small ones in one."""
    ranked = sorted(differences, key=lambda each: -abs(each.amount))
    rows = [_explained(each, names.get(each.code, "")) for each in ranked[:MOST_DIFFERENCES]]
    rest = ranked[MOST_DIFFERENCES:]
    if rest:
        label: str = ngettext("%(num)s more change", "%(num)s more changes", len(rest))
        rows.append(Row(label, "", signed(sum((each.amount for each in rest), ZERO))))
    return rows


@dataclass(frozen=True)
class Comparison:
    """Two months that follow each other: the earlier one's sum, what differs, the later sum."""

    earlier: Month
    before: Decimal
    after: Decimal
    rows: list[Row]

    @property
    def later(self) -> Month:
        return self.earlier.following

    @property
    def change(self) -> Decimal:
        """Return by how much the later month is dearer."""
        return self.after - self.before


def bars_of(statement: Statement, names: Mapping[str, str]) -> list[tuple[str, str, str, int]]:
    """Return (colour, name, sum, percent of the dearest) of the dearest services of a month."""
    rows = statement.services[:MOST_BARS]
    most = rows[0][2] if rows else ZERO
    return [
        (
            family.value if family and family is not Family.OPTION else "rest",
            names.get(code, code),
            money(amount),
            int(100 * amount / most),
        )
        for code, family, amount in rows
    ]


def compared(ledger: Ledger, earlier: Month) -> Comparison:
    """Return why the month after `earlier` differs from it."""
    before, after = ledger.statement(earlier), ledger.statement(earlier.following)
    meant = ledger.forecast(earlier) if earlier == ledger.present else None
    rows = written_differences(explained(before, after, meant=meant), ledger.names)
    return Comparison(earlier, before.total, after.total, rows)


def _explained(each: Difference, name: str) -> Row:
    label, about = _headed(each.kind, name)
    reasons = [translate(_TURNS[turn], day=day(on)) for turn, on in each.turns]
    if each.once:
        reasons = [translate(_l("only in %(month)s"), month=_named(each.once))]
    elif each.is_billed:
        reasons = [translate(_l("as billed"))]
    parts = [*about, *_cause(each.cause), *reasons]
    return Row(label, ", ".join(part for part in parts if part), signed(each.amount))


def _named(first_day: date) -> str:
    """Write a month within a sentence: `October`, `октябрь`."""
    name = month(first_day)
    return name if language() == "en" else name.lower()


def signed(amount: Decimal) -> str:
    """Write a sum with its sign: `+1 990 ₸`."""
    return f"+{money(amount)}" if amount > 0 else money(amount)
