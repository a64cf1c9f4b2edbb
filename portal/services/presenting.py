"""A quote's terms as its page shows them: lines with their derivation, compared, lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.catalog.characteristics import Compared, compare, facts_of
from portal.catalog.models import Offering
from portal.core.money import ZERO
from portal.core.text import Marked, _l, day, left, money, ngettext, translate
from portal.services.changes import Act, Cause, Change, Later, Line, LineKind, Terms, Wish
from portal.services.models import Quote
from portal.services.proration import RateKind
from portal.services.terms import WITHDRAWAL

RATES = {RateKind.PROMO: _l("promotional price"), RateKind.PAUSED: _l("paused")}
_TITLES: dict[str, Marked] = {
    Act.ADD: _l("Connect: %(name)s"),
    "replace": _l("Change to %(name)s"),
    Act.DELETE: _l("Disconnect: %(name)s"),
    Change.PAUSE: _l("Pause: %(name)s"),
    Change.RESUME: _l("Resume: %(name)s"),
}


_FREE_OF_CHARGE = _l("You cancel it yourself, free of charge.")
_AFTERWARDS: dict[Change | None, Marked] = {
    None: _l("You connect it again from the catalogue, at the price of that day."),
    Change.PAUSE: _l("You end the pause on any day, here."),
    Change.RESUME: _l("You pause it again, as long as days of this year are left."),
}


@dataclass(frozen=True)
class Row:
    """A line of the receipt, in words."""

    label: str
    note: str
    sum: str


@dataclass(frozen=True)
class Sums:
    """The sums of terms: a receipt of the month, and the prices that follow later."""

    terms: Terms
    rows: list[Row]
    later: list[str]


@dataclass(frozen=True)
class Presented:
    """What the page of a quote shows. `asked` is the first of all that `gets`."""

    terms: Terms
    title: str
    asked: Offering
    gets: list[Offering]
    replaced: Offering | None
    sums: Sums
    compared: list[Compared]
    facts: list[tuple[Marked, str]]
    lost: list[Offering]
    price_before: Decimal
    price_after: Decimal

    @property
    def is_connection(self) -> bool:
        return bool(self.terms.begins)

    @property
    def change(self) -> Change | None:
        return self.terms.items[0].change


def present(quote: Quote, offerings: Mapping[str, Offering]) -> Presented:
    """Return the terms of a quote with the offerings' texts in the reader's language."""
    terms = quote.terms
    replaced = [item for item in terms.ends if item.cause is Cause.REPLACED]
    old = offerings[replaced[0].code] if replaced else None
    figures = quote.offering.characteristics
    gets = [offerings[item.code] for item in terms.begins]
    return Presented(
        terms=terms,
        title=title_of(
            quote.wish, [offerings[item.code].name for item in terms.asked], replaces=bool(replaced)
        ),
        asked=quote.offering,
        gets=gets,
        replaced=old,
        sums=sums_of(terms, offerings),
        compared=compare(old.characteristics, figures) if old else [],
        facts=facts_of(figures) if len(gets) == 1 else [],
        lost=[offerings[item.code] for item in terms.ends if item.cause is Cause.CASCADE],
        price_before=sum((item.monthly for item in replaced), ZERO),
        price_after=sum((item.first_monthly for item in terms.begins), ZERO),
    )


def sums_of(terms: Terms, offerings: Mapping[str, Offering]) -> Sums:
    """Return the sums of terms in words; `offerings` are at least those of its items."""
    rows = [_row(line, offerings) for line in terms.lines]
    return Sums(terms, rows, [_later(each, offerings) for each in terms.later])


def title_of(wish: Wish, names: Sequence[str], *, replaces: bool = False) -> str:
    """Return what a quote or an order does, in a few words; `names` are of what was asked."""
    kind = "replace" if replaces else wish.change or wish.act
    return translate(_TITLES[kind], name=", ".join(names))


@dataclass(frozen=True)
class Chance:
    """A time in which one can change one's mind, and what that costs."""

    label: str
    note: str
    state: str = ""


def chances_of(terms: Terms, *, undo: timedelta, on: date | None) -> list[Chance]:
    """Return when one can change one's mind, the soonest first.

    `undo` is the time before activation, unless that waits for the day `on`.
    """
    first = Chance(_first_chance(terms, undo, on), translate(_FREE_OF_CHARGE), "now")
    if not terms.begins:
        return [
            first,
            Chance(translate(_l("Later")), translate(_AFTERWARDS[terms.items[0].change])),
        ]
    free = _leaving_at_once(terms)
    if terms.term_until is None and terms.carried:
        return [first, Chance(translate(_l("Later")), free)]
    if terms.term_until is None:
        return [first, Chance(translate(_l("Later, on any day")), free)]
    fee = translate(
        _l("Leaving before %(day)s costs %(sum)s for each month that is left."),
        day=day(terms.term_until),
        sum=money(terms.exit_fee),
    )
    days = translate(_l("The first %(days)s days"), days=WITHDRAWAL.days)
    return [first, Chance(days, free), Chance(translate(_l("Later")), fee)]


def _leaving_at_once(terms: Terms) -> str:
    if terms.carried is None:
        return translate(_l("You disconnect it here and pay only for the days it worked."))
    return translate(
        _l(
            "The minimal term of the service before goes on: leaving before %(day)s costs %(sum)s"
            " for each month that is left."
        ),
        day=day(terms.carried.until),
        sum=money(terms.carried.fee),
    )


def _first_chance(terms: Terms, undo: timedelta, on: date | None) -> str:
    if terms.needs_technician:
        return translate(_l("Until the technician has come"))
    if on:
        return translate(_l("Until %(day)s begins"), day=day(on))
    return translate(_l("Right after you confirm: %(time)s"), time=left(undo))


def _later(each: Later, offerings: Mapping[str, Offering]) -> str:
    return translate(
        _l("From %(day)s: %(name)s, %(sum)s a month"),
        day=day(each.on_day),
        name=offerings[each.code].name,
        sum=money(each.monthly),
    )


def _row(line: Line, offerings: Mapping[str, Offering]) -> Row:
    name = offerings[line.code].name if line.code else ""
    label, note = _WORDS[line.kind](line, name)
    return Row(label, note, money(line.amount))


def _days(line: Line, name: str) -> tuple[str, str]:
    if line.first_day is None or line.last_day is None:
        raise ValueError("a line of days without days")
    kind = f"{translate(RATES[line.rate])}, " if line.rate in RATES else ""
    return name, f"{kind}{between(line.first_day, line.last_day)}, {derivation(line)}"


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
