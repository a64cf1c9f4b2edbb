"""What differs between two catalogues, in words: offerings added, removed, changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.catalog.characteristics import facts_of
from portal.catalog.places import city_name
from portal.catalog.sheet import CatalogueSheet, OfferingSheet, PriceSheet, RequirementSheet
from portal.core.text import LANGUAGES, Marked, _l, day, in_language, money, translate

LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
Names = Mapping[str, str]


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Line:
    """One thing that an offering says. `sum_` is set where money can rise or fall.

    `otherwise` is the key of the line that holds where this one is not said.
    """

    label: str
    text: str
    language: str = ""
    sum_: Decimal | None = None
    otherwise: str = ""


@dataclass(frozen=True)
class Change:
    """One thing that an offering says otherwise; an empty text: it did not say it."""

    label: str
    before: str
    after: str
    language: str = ""
    is_price: bool = False
    rise: Decimal = Decimal(0)


@dataclass(frozen=True)
class OfferingChange:
    """An offering that is new, gone, or says something else."""

    code: str
    name: str
    kind: Kind
    changes: tuple[Change, ...]


def difference(before: CatalogueSheet, after: CatalogueSheet) -> list[OfferingChange]:
    """Return what `after` says otherwise than `before`, in the order of `after`, what went last.

    Written for the reader of the current language. The order of offerings plays no part.
    """
    old, new = before.by_code, after.by_code
    names = {code: in_language(each.name.model_dump()) for code, each in (old | new).items()}
    return [
        _change(code, old.get(code), new.get(code), names)
        for code in [*new, *(code for code in old if code not in new)]
        if old.get(code) != new.get(code)
    ]


def _change(
    code: str, old: OfferingSheet | None, new: OfferingSheet | None, names: Names
) -> OfferingChange:
    kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
    before = spelled(old, names) if old else {}
    after = spelled(new, names) if new else {}
    keys = [*after, *(key for key in before if key not in after)]
    pairs = [_pair(before, after, key) for key in keys]
    changes = [
        _line_change(old_line, new_line)
        for old_line, new_line in pairs
        if _text(old_line) != _text(new_line)
    ]
    return OfferingChange(code, names[code], kind, tuple(changes))


def _pair(
    before: Mapping[str, Line], after: Mapping[str, Line], key: str
) -> tuple[Line | None, Line | None]:
    """Return both lines; where no other price is to come, the price of now goes on."""
    otherwise = (after.get(key) or before[key]).otherwise
    return before.get(key) or before.get(otherwise), after.get(key) or after.get(otherwise)


def _text(line: Line | None) -> str:
    return line.text if line else ""


def _line_change(before: Line | None, after: Line | None) -> Change:
    known = [each for each in (after, before) if each]
    said = next((each for each in known if each.otherwise), known[0])
    sums = [each.sum_ for each in (before, after) if each and each.sum_ is not None]
    return Change(
        label=said.label,
        before=before.text if before else "",
        after=after.text if after else "",
        language=said.language,
        is_price=bool(sums),
        rise=sums[1] - sums[0] if len(sums) == 2 else Decimal(0),
    )


def spelled(sheet: OfferingSheet, names: Names) -> dict[str, Line]:
    """Return everything that an offering says, by keys that two offerings share.

    `names` are the names of offerings by their codes. What it does not say has no line.
    """
    lines = _prices(sheet) | _words(sheet)
    for key, label, text in (*_figures(sheet), *_sale(sheet), *_rules(sheet, names)):
        if text:
            lines[key] = Line(translate(label), text)
    return lines


def _prices(sheet: OfferingSheet) -> dict[str, Line]:
    lines = _price("price", sheet.price, None)
    for coming in sheet.coming_prices:
        lines |= _price(f"price {coming.valid_from}", coming, coming.valid_from)
    return lines


def _price(key: str, price: PriceSheet, begins: date | None) -> dict[str, Line]:
    rows: list[tuple[str, Marked, str, Decimal | None]] = [
        ("monthly", _l("Price a month"), money(price.monthly), price.monthly),
        ("once", _l("Connection, once"), money(price.one_time), price.one_time),
        ("vat", _l("VAT, percent"), f"{price.vat_percent.normalize():f}", None),
    ]
    if price.promo:
        text = translate(
            _l("%(sum)s, months: %(months)s"),
            sum=money(price.promo.monthly),
            months=price.promo.months,
        )
        rows.append(("promo", _l("Price of the first months"), text, price.promo.monthly))
    return {
        f"{key} {name}": Line(
            _from(label, begins), text, sum_=sum_, otherwise=f"price {name}" if begins else ""
        )
        for name, label, text, sum_ in rows
    }


def _from(label: Marked, begins: date | None) -> str:
    if begins is None:
        return translate(label)
    return translate(_l("%(what)s from %(day)s"), what=translate(label), day=day(begins))


def _words(sheet: OfferingSheet) -> dict[str, Line]:
    texts = (
        ("name", _l("Name of the offering"), sheet.name),
        ("summary", _l("Summary"), sheet.summary),
        ("text", _l("Text"), sheet.text),
        ("ending", _l("What to know when it ends"), sheet.ending),
    )
    return {
        f"{key} {code}": Line(translate(label), getattr(words, code), language=code)
        for key, label, words in texts
        if words
        for code in LANGUAGES
    }


Row = tuple[str, Marked, str]


def _figures(sheet: OfferingSheet) -> list[Row]:
    figures = sheet.characteristics.model_dump(exclude_none=True)
    return [(label.msgid, label, text) for label, text in facts_of(figures)]


def _sale(sheet: OfferingSheet) -> list[Row]:
    term, pause = sheet.minimal_term, sheet.pause
    return [
        ("family", _l("Family"), translate(sheet.family.label)),
        ("plan", _l("One at an address"), _yes(sheet.one_per is not None)),
        ("cities", _l("Cities"), ", ".join(sorted(str(city_name(c)) for c in sheet.cities))),
        ("technologies", _l("Technologies"), ", ".join(sorted(sheet.technologies))),
        ("technician", _l("A technician comes"), _yes(sheet.needs_technician)),
        ("term", _l("Minimal term, months"), str(term.months) if term else ""),
        ("exit", _l("For each month less"), money(term.exit_fee) if term else ""),
        ("pause", _l("Pause, days at a time"), _span(sheet)),
        ("paused", _l("Pause, days a year"), str(pause.days_a_year) if pause else ""),
        ("pause sum", _l("Price a month of a pause"), money(pause.monthly) if pause else ""),
        ("from", _l("Sold from"), day(sheet.sold_from) if sheet.sold_from else ""),
        ("until", _l("Not sold from"), day(sheet.sold_until) if sheet.sold_until else ""),
    ]  # fmt: skip


def _span(sheet: OfferingSheet) -> str:
    return f"{sheet.pause.min_days}–{sheet.pause.max_days}" if sheet.pause else ""


def _yes(is_so: bool) -> str:
    return translate(_l("yes")) if is_so else ""


def _rules(sheet: OfferingSheet, names: Names) -> list[Row]:
    return [
        ("requires", _l("Needs"), "; ".join(_needed(each, names) for each in sheet.requires)),
        ("excludes", _l("Cannot stand beside"), _named(sheet.excludes, names)),
        ("replaces", _l("Takes the place of"), _named(sheet.replaces, names)),
    ]


def _needed(requirement: RequirementSheet, names: Names) -> str:
    if requirement.plan_of:
        return translate(requirement.plan_of.plan_wanted)
    return translate(_l("one of these: %(names)s"), names=_named(requirement.any_of, names))


def _named(codes: tuple[str, ...], names: Names) -> str:
    return ", ".join(sorted(names.get(code, code) for code in codes))
