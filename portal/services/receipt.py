"""The lines of a statement in words."""

from collections.abc import Iterable, Mapping

from portal.core.text import Marked, _l, money, translate
from portal.services.presenting import Row, between, days_derivation, months_derivation
from portal.services.statement import MONTHLY, StatementLine

_KINDS: dict[str, Marked] = {
    "one_time": _l("Connection, once"),
    "early_exit": _l("Leaving before the term ends"),
    "compensation": _l("Compensation"),
    "correction": _l("Correction"),
    MONTHLY: _l("Monthly price"),
}


def written_lines(lines: Iterable[StatementLine], names: Mapping[str, str]) -> list[Row]:
    """Return each line with its derivation; `names` are the offerings' by their codes."""
    return [_written(line, names.get(line.code, "")) for line in lines]


def _written(line: StatementLine, name: str) -> Row:
    kind = translate(_KINDS[line.kind])
    if line.kind == MONTHLY and name:
        return Row(name, _days(line), money(line.amount))
    return Row(kind, _fee(line, name), money(line.amount))


def _days(line: StatementLine) -> str:
    if line.is_billed:
        return translate(_l("billed"))
    if line.part is None:
        return ""
    if line.part.is_whole:
        return translate(_l("the whole month"))
    part = line.part
    days = days_derivation(part.days, part.month_days, part.price)
    return f"{between(part.first_day, part.last_day)}, {days}"


def _fee(line: StatementLine, name: str) -> str:
    parts = [name] if name else []
    if line.count:
        parts.append(months_derivation(line.count, line.price))
    if line.is_billed:
        parts.append(translate(_l("billed")))
    return ", ".join(parts)
