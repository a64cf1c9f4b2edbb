"""A quote's terms as its page shows them: lines with their derivation, compared, lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.catalog.characteristics import Compared, compare, facts_of
from portal.catalog.models import Offering
from portal.core.text import Marked, _l, day, left, money, ngettext, translate
from portal.services.changes import Act, Cause, Item, Line, LineKind, Terms
from portal.services.models import Quote
from portal.services.terms import WITHDRAWAL


@dataclass(frozen=True)
class Row:
    """A line of the receipt, in words."""

    label: str
    note: str
    sum: str


@dataclass(frozen=True)
class Presented:
    """What the page of a quote shows beside its sums."""

    terms: Terms
    asked: Offering
    replaced: Offering | None
    rows: list[Row]
    compared: list[Compared]
    facts: list[tuple[Marked, str]]
    lost: list[Offering]
    price_before: Decimal
    price_after: Decimal

    @property
    def is_connection(self) -> bool:
        return bool(self.terms.begins)


def present(quote: Quote, offerings: Mapping[str, Offering]) -> Presented:
    """Return the terms of a quote with the offerings' texts in the reader's language."""
    terms = quote.terms
    replaced = [item for item in terms.ends if item.cause is Cause.REPLACED]
    old = offerings[replaced[0].code] if replaced else None
    figures = quote.offering.characteristics
    return Presented(
        terms=terms,
        asked=quote.offering,
        replaced=old,
        rows=[_row(line, offerings) for line in terms.lines],
        compared=compare(old.characteristics, figures) if old else [],
        facts=facts_of(figures) if quote.act == Act.ADD else [],
        lost=[offerings[item.code] for item in terms.ends if item.cause is Cause.CASCADE],
        price_before=_monthly(replaced),
        price_after=_monthly(terms.begins),
    )


@dataclass(frozen=True)
class Chance:
    """A time in which one can change one's mind, and what that costs."""

    label: str
    note: str
    state: str = ""


def chances_of(terms: Terms, *, undo: timedelta) -> list[Chance]:
    """Return when one can change one's mind, the soonest first; `undo` is before activation."""
    first = Chance(
        translate(_l("Until the technician has come"))
        if terms.needs_technician
        else translate(_l("Right after you confirm: %(time)s"), time=left(undo)),
        translate(_l("You cancel it yourself, free of charge.")),
        "now",
    )
    if not terms.begins:
        again = translate(_l("You connect it again from the catalogue, at the price of that day."))
        return [first, Chance(translate(_l("Later")), again)]
    free = translate(_l("You disconnect it here and pay only for the days it worked."))
    if terms.term_until is None:
        return [first, Chance(translate(_l("Later, on any day")), free)]
    fee = translate(
        _l("Leaving before %(day)s costs %(sum)s for each month that is left."),
        day=day(terms.term_until),
        sum=money(terms.exit_fee),
    )
    days = translate(_l("The first %(days)s days"), days=WITHDRAWAL.days)
    return [first, Chance(days, free), Chance(translate(_l("Later")), fee)]


def _monthly(items: list[Item] | tuple[Item, ...]) -> Decimal:
    return items[0].monthly if items else Decimal(0)


def _row(line: Line, offerings: Mapping[str, Offering]) -> Row:
    name = offerings[line.code].name if line.code else ""
    label, note = _WORDS[line.kind](line, name)
    return Row(label, note, money(line.amount))


def _days(line: Line, name: str) -> tuple[str, str]:
    if line.first_day is None or line.last_day is None:
        raise ValueError("a line of days without days")
    return name, f"{between(line.first_day, line.last_day)}, {derivation(line)}"


def _one_time(_line: Line, name: str) -> tuple[str, str]:
    return translate(_l("Connection, once")), name


def _early_exit(line: Line, name: str) -> tuple[str, str]:
    label = translate(_l("Leaving before the term ends: %(name)s"), name=name)
    return label, months_derivation(line.count, line.price)


def _others(_line: Line, _name: str) -> tuple[str, str]:
    return translate(_l("Your other services")), translate(_l("unchanged"))


_WORDS = {
    LineKind.DAYS: _days,
    LineKind.ONE_TIME: _one_time,
    LineKind.EARLY_EXIT: _early_exit,
    LineKind.OTHERS: _others,
}


def between(first: date, last: date) -> str:
    """Write the days from `first` to `last` of one month: `1–21 November` or `22 November`."""
    return day(last) if first == last else f"{first.day}–{day(last)}"


def derivation(line: Line) -> str:
    """Write how days make a sum: `18 of 30 days × 6 990 ₸`."""
    return days_derivation(line.count, line.of_days, line.price)


def days_derivation(count: int, of_days: int, price: Decimal) -> str:
    """Write how `count` of `of_days` days at a month's `price` make a sum."""
    return translate(
        _l("%(count)s of %(of_days)s days ×\N{NO-BREAK SPACE}%(price)s"),
        count=count,
        of_days=of_days,
        price=money(price),
    )


def months_derivation(count: int, price: Decimal) -> str:
    """Write how months left of a term make a fee."""
    months: str = ngettext("%(num)s month left", "%(num)s months left", count)
    return f"{months} ×\N{NO-BREAK SPACE}{money(price)}"
