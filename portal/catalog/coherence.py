"""Whether the offerings of a catalogue fit together, now and on every day to come.

References, circles, hopeless requirements, prices and days that contradict each other.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import product

from portal.catalog.company import can_be_connected, rivals_among, ways_of
from portal.catalog.families import Family
from portal.catalog.faults import Fault, Path
from portal.catalog.rules import OfferingRule, Requirement, circles, is_hopeless
from portal.catalog.sheet import CatalogueSheet, OfferingSheet, PriceSheet
from portal.core.text import _l

Wrong = Iterator[Fault]
Place = tuple[str, str]  # the code of a city and of a line
_ELSEWHERE = ""
_PROMO = _l("must be lower than the monthly price")


def incoherences(sheet: CatalogueSheet, *, on: date) -> list[Fault]:
    """Return what does not fit on `on` or later. References come first, then their sense.

    What is not sold any more on `on` meets no requirement, and its own are not looked at.
    """
    if not sheet.offerings:
        return [Fault(("offerings",), _l("there is no offering in the file"))]
    codes = [offering.code for offering in sheet.offerings]
    faults = [*_doubles(codes), *_references(sheet, set(codes))]
    faults = faults or list(_senseless(sheet, on)) or list(_waiting(sheet, on))
    return faults or list(_lonely(sheet, on))


def _doubles(codes: list[str]) -> Wrong:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield Fault(
                ("offerings", place, "code"), _l("%(code)s is described twice"), {"code": code}
            )


def _references(sheet: CatalogueSheet, known: set[str]) -> Wrong:
    for place, offering in enumerate(sheet.offerings):
        for path, code in _named(offering):
            if code not in known:
                sentence = _l("there is no offering %(code)s")
                yield Fault(("offerings", place, *path), sentence, {"code": code})


def _named(offering: OfferingSheet) -> Iterator[tuple[Path, str]]:
    for field in ("excludes", "replaces"):
        for place, code in enumerate(getattr(offering, field)):
            yield (field, place), code
    for place, requirement in enumerate(offering.requires):
        for inner, code in enumerate(requirement.any_of):
            yield ("requires", place, "any_of", inner), code


def _senseless(sheet: CatalogueSheet, on: date) -> Wrong:
    families = {offering.code: offering.family for offering in sheet.offerings}
    for place, offering in enumerate(sheet.offerings):
        own = [*_own_faults(offering), *_replacement_faults(offering, families)]
        own += _requirement_faults(offering, sheet, on)
        for fault in own:
            yield Fault(("offerings", place, *fault.path), fault.marked, fault.values)


def _own_faults(offering: OfferingSheet) -> Wrong:
    if offering.code in offering.excludes:
        yield Fault(("excludes",), _l("an offering cannot exclude itself"))
    if offering.code in offering.replaces:
        yield Fault(("replaces",), _l("an offering cannot replace itself"))
    if offering.sold_from and offering.sold_until and offering.sold_until <= offering.sold_from:
        yield Fault(("sold_until",), _l("must be later than the first day of sale"))
    pause = offering.pause
    if pause and not pause.min_days <= pause.max_days <= pause.days_a_year:
        yield Fault(
            ("pause",), _l("the least, the most and the days of a year must not fall in this order")
        )
    yield from _price_faults(offering)


def _price_faults(offering: OfferingSheet) -> Wrong:
    if _has_dear_promo(offering.price):
        yield Fault(("price", "promo", "monthly"), _PROMO)
    before = date.min
    for place, coming in enumerate(offering.coming_prices):
        if coming.valid_from <= before:
            yield Fault(
                ("coming_prices", place, "valid_from"),
                _l("must be later than the day of the price above"),
            )
        if _has_dear_promo(coming):
            yield Fault(("coming_prices", place, "promo", "monthly"), _PROMO)
        before = coming.valid_from


def _has_dear_promo(price: PriceSheet) -> bool:
    return price.promo is not None and price.promo.monthly >= price.monthly


def _requirement_faults(offering: OfferingSheet, sheet: CatalogueSheet, on: date) -> Wrong:
    for place, requirement in enumerate(offering.rule.requires):
        path = ("requires", place)
        if bool(requirement.any_of) == bool(requirement.plan_of):
            yield Fault(
                path, _l("name either offerings, one of which is needed, or a family of plans")
            )
            continue
        for day in _telling_days(offering, sheet, on):
            if is_hopeless(offering.rule, requirement, [*_sold_beside(offering, sheet, day)]):
                yield _hopeless(path, offering.rule, requirement)
                break


def _telling_days(offering: OfferingSheet, sheet: CatalogueSheet, on: date) -> list[date]:
    """Return the days of its sale on which less may be sold beside `offering` than before."""
    first = max(on, offering.sold_from or on)
    ends = {each.sold_until for each in sheet.offerings if each.sold_until}
    return sorted(day for day in {first, *ends} if day >= first and offering.is_sold_on(day))


def _sold_beside(
    offering: OfferingSheet, sheet: CatalogueSheet, day: date
) -> Iterator[OfferingRule]:
    """Give what is sold in a city where `offering` is sold; no cities means everywhere."""
    for other in sheet.offerings:
        shares_a_city = not {*offering.cities} or not {*other.cities}
        shares_a_city = shares_a_city or bool({*offering.cities} & {*other.cities})
        if shares_a_city and other.is_sold_on(day):
            yield other.rule


def _hopeless(path: Path, rule: OfferingRule, requirement: Requirement) -> Fault:
    if both := sorted(requirement.any_of & rule.excludes):
        sentence = _l("required and excluded at once: %(codes)s")
        return Fault(path, sentence, {"codes": ", ".join(both)})
    return Fault(path, _l("nothing that is sold can meet this requirement"))


def _replacement_faults(offering: OfferingSheet, families: dict[str, Family]) -> Wrong:
    for place, code in enumerate(offering.replaces):
        if families[code] is not offering.family:
            yield Fault(
                ("replaces", place), _l("%(code)s belongs to another family"), {"code": code}
            )


def _waiting(sheet: CatalogueSheet, on: date) -> Wrong:
    rules = {each.code: each.rule for each in sheet.offerings if not each.is_over_on(on)}
    lost = circles(rules)
    for place, offering in enumerate(sheet.offerings):
        if offering.code in lost:
            yield Fault(
                ("offerings", place, "requires"),
                _l("can never be connected, because these wait for each other: %(codes)s"),
                {"codes": ", ".join(lost)},
            )


def _lonely(sheet: CatalogueSheet, on: date) -> Wrong:
    """Give the offerings that nobody could connect on some day, wherever he lives."""
    places = _places(sheet)

    @cache
    def sold(day: date, at: Place) -> tuple[OfferingRule, ...]:
        return tuple(each.rule for each in sheet.offerings if _is_sold(each, day, at))

    for place, offering in enumerate(sheet.offerings):
        path, rule = ("offerings", place, "requires"), offering.rule
        here = [at for at in places if _is_carried(offering, at)] if rule.requires else []
        for day in _telling_days(offering, sheet, on) if here else []:
            if not any(can_be_connected(rule, sold(day, at)) for at in here):
                anywhere = tuple(each.rule for each in sheet.offerings if each.is_sold_on(day))
                yield _unconnectable(path, rule, [*(sold(day, at) for at in here), anywhere])
                break


def _places(sheet: CatalogueSheet) -> list[Place]:
    """Return each city with each line that offerings name, and those that none names."""
    cities = {city for each in sheet.offerings for city in each.cities}
    lines = {line for each in sheet.offerings for line in each.technologies}
    return list(product([*sorted(cities), _ELSEWHERE], [*sorted(lines), _ELSEWHERE]))


def _is_sold(offering: OfferingSheet, day: date, at: Place) -> bool:
    return offering.is_sold_on(day) and _is_carried(offering, at)


def _is_carried(offering: OfferingSheet, at: Place) -> bool:
    city, line = at
    in_city = not offering.cities or city in offering.cities
    return in_city and (not offering.technologies or line in offering.technologies)


def _unconnectable(
    path: Path, rule: OfferingRule, markets: list[tuple[OfferingRule, ...]]
) -> Fault:
    """Say which of what it needs cannot stand together; the last of `markets` is every place."""
    found = [(ways_of(rule, sold), sold) for sold in markets]
    for ways, sold in found[:-1]:
        if rivals := rivals_among(ways, sold):
            sentence = _l("can never be connected, because these cannot stand together: %(ways)s")
            return Fault(path, sentence, {"ways": _written(ways[each.code] for each in rivals)})
    sentence = _l("can never be connected, because no place has all that it needs: %(ways)s")
    return Fault(
        path, sentence, {"ways": _written(way for way in found[-1][0].values() if way[1:])}
    )


def _written(ways: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(" → ".join(way) for way in ways)
