"""Offerings of one kind side by side: what they cost, what they give, what they bind to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from portal.catalog.characteristics import Figures, side_by_side
from portal.catalog.models import Offering
from portal.catalog.queries import Priced
from portal.core.text import Marked, _l, day, money, month, ngettext, translate
from portal.services import quoting
from portal.services.actions.composing import offer_of
from portal.services.changes import Terms
from portal.services.judging import Surroundings
from portal.services.shelves import Offered, offered
from portal.services.terms import months_later

T = TypeVar("T")
_NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Beside:
    """One column: an offering as an account sees it, and the terms if it may be connected."""

    offered: Offered
    terms: Terms | None


@dataclass(frozen=True)
class Cell:
    """What one offering says in a row."""

    text: str
    is_best: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table, a cell for each column."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        return len({cell.text for cell in self.cells}) > 1

    @property
    def says_nothing(self) -> bool:
        return all(cell.text == _NOTHING for cell in self.cells)


def beside(priced: Priced, around: Surroundings) -> Beside:
    """Return an offering with what an account would pay for it from today on."""
    seen = offered(priced, around)
    if not seen.may_connect:
        return Beside(seen, None)
    return Beside(seen, quoting.connect([offer_of(priced)], around.household))


def rows_of(columns: Sequence[Beside], around: Surroundings) -> list[Row]:
    """Return the rows: money first, then what one gets, what binds, and the contract's bill."""
    priced = [each.offered.priced for each in columns]
    replaced = [each.offered.replaces or _NOTHING for each in columns]
    rows = [
        *_prices(priced, around),
        *(_highest(label, values) for label, values in _figures(priced)),
        *_bonds([each.offering for each in priced]),
        _plain(_l("Takes the place of"), replaced),
        *_for_the_contract(columns, around),
    ]
    return [row for row in rows if not row.says_nothing]


def _prices(priced: Sequence[Priced], around: Surroundings) -> list[Row]:
    return [
        _lowest(_l("Price a month"), [each.monthly for each in priced], money),
        _plain(_l("At first"), [_promo(each, around) for each in priced]),
        _lowest(_l("Connection, once"), [each.one_time for each in priced], money),
    ]


def _bonds(offerings: Sequence[Offering]) -> list[Row]:
    fees = [each.exit_fee for each in offerings]
    return [
        _lowest(_l("Minimal term"), [each.term_months for each in offerings], _term),
        _plain(_l("Fee for each month left"), [money(fee) if fee else _NOTHING for fee in fees]),
        _plain(_l("Pausing"), [_pause(each) for each in offerings]),
        _plain(_l("Technician"), [_visit(each) for each in offerings]),
    ]


def _figures(priced: Sequence[Priced]) -> list[tuple[Marked, Figures]]:
    return side_by_side([each.offering.characteristics for each in priced])


def _for_the_contract(columns: Sequence[Beside], around: Surroundings) -> list[Row]:
    """Give what this month's bill and the usual one would be, without a promotion."""
    household = around.household
    this_month = [
        _bill(each, household.month_total, lambda terms: terms.month_after) for each in columns
    ]
    usual = [_bill(each, household.monthly, _usual) for each in columns]
    return [
        _plain(translate(_l("Your bill for %(month)s"), month=month(household.day)), this_month),
        _plain(_l("Your bill each month then"), usual),
    ]


def _bill(column: Beside, unchanged: Decimal, changed: Callable[[Terms], Decimal]) -> str:
    if column.offered.is_held:
        return money(unchanged)
    return money(changed(column.terms)) if column.terms else _NOTHING


def _usual(terms: Terms) -> Decimal:
    rises = (item.monthly - item.first_monthly for item in terms.begins)
    return sum(rises, terms.monthly_after)


def _plain(label: Marked | str, texts: Sequence[str]) -> Row:
    return Row(str(label), tuple(Cell(text) for text in texts))


def _lowest(
    label: Marked, values: Sequence[Decimal] | Sequence[int], write: Callable[[Decimal | int], str]
) -> Row:
    """Return a row in which the least is the best, if one alone has it."""
    best = _alone(min(values), values)
    return Row(str(label), tuple(Cell(write(value), value == best) for value in values))


def _highest(label: Marked, values: Figures) -> Row:
    figures = [figure for _text, figure in values]
    best = _alone(max(figures), figures)
    return Row(str(label), tuple(Cell(text, figure == best) for text, figure in values))


def _alone(best: T, values: Sequence[T]) -> T | None:
    return best if values.count(best) == 1 else None


def _promo(priced: Priced, around: Surroundings) -> str:
    if priced.promo_monthly is None or not priced.promo_months:
        return _NOTHING
    ends = months_later(around.household.day, priced.promo_months)
    return translate(
        _l("%(sum)s a month until %(day)s"), sum=money(priced.promo_monthly), day=day(ends)
    )


def _term(months: Decimal | int) -> str:
    count = int(months)
    return ngettext("%(num)s month", "%(num)s months", count) if count else translate(_l("none"))


def _pause(offering: Offering) -> str:
    rule = offering.pause_rule
    if rule is None:
        return translate(_l("not possible"))
    return translate(
        _l("%(least)s to %(most)s days, %(sum)s a month"),
        least=rule.min_days,
        most=rule.max_days,
        sum=money(rule.monthly),
    )


def _visit(offering: Offering) -> str:
    needs = offering.needs_technician
    return translate(_l("comes to you") if needs else _l("not needed"))
