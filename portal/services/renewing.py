"""How new terms differ from those that were shown before."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.catalog.models import Offering
from portal.core.money import ZERO
from portal.core.text import _l, day, money, month, translate
from portal.services.changes import LineKind, Terms


@dataclass(frozen=True)
class Changed:
    """A line or a sum of the terms, as it was shown before and as it is now, in words."""

    label: str
    before: str
    after: str
    note: str = ""


def changes_between(
    before: Terms, after: Terms, offerings: Mapping[str, Offering]
) -> list[Changed]:
    """Return what is not as it was: lines first, then the sums; empty if all is the same."""
    found = [*_lines(before, after, offerings), *_sums(before, after)]
    return [each for each in found if each.before != each.after]


def _lines(before: Terms, after: Terms, offerings: Mapping[str, Offering]) -> Iterator[Changed]:
    old, new = _by_kind(before), _by_kind(after)
    for kind, code in dict.fromkeys((*old, *new)):
        name = offerings[code].name if code else ""
        label, note = _LABELS[kind](name)
        key = kind, code
        yield Changed(label, _written(old.get(key)), _written(new.get(key)), note)


_LABELS: dict[LineKind, Callable[[str], tuple[str, str]]] = {
    LineKind.DAYS: lambda name: (name, ""),
    LineKind.ONE_TIME: lambda name: (translate(_l("Connection, once")), name),
    LineKind.EARLY_EXIT: lambda name: (
        translate(_l("Leaving before the term ends: %(name)s"), name=name),
        "",
    ),
    LineKind.OTHERS: lambda _name: (translate(_l("Your other services")), ""),
}


def _by_kind(terms: Terms) -> dict[tuple[LineKind, str], Decimal]:
    """Return what the lines of each kind and offering come to."""
    found: dict[tuple[LineKind, str], Decimal] = {}
    for line in terms.lines:
        key = line.kind, line.code
        found[key] = found.get(key, ZERO) + line.amount
    return found


def _written(amount: Decimal | None) -> str:
    return translate(_l("none")) if amount is None else money(amount)


def _sums(before: Terms, after: Terms) -> Iterator[Changed]:
    yield Changed(month(after.effective_on), money(before.month_after), money(after.month_after))
    label = translate(_l("Then, each month"))
    yield Changed(label, money(before.monthly_after), money(after.monthly_after))
    label = translate(_l("Minimal term"))
    yield Changed(label, _term(before), _term(after))


def _term(terms: Terms) -> str:
    if terms.term_until is None:
        return translate(_l("none"))
    return translate(_l("until %(day)s"), day=day(terms.term_until))
