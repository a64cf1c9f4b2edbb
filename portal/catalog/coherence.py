"""Whether the offerings of a file fit together: references, circles, hopeless requirements."""

from collections.abc import Iterator

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, Requirement, circles, is_hopeless
from portal.catalog.sheet import CatalogueSheet, OfferingSheet

Wrong = tuple[tuple[str | int, ...], str]


def incoherences(sheet: CatalogueSheet) -> list[Wrong]:
    """Return what does not fit, as (path, sentence). References come first, then their sense."""
    if not sheet.offerings:
        return [(("offerings",), "there is no offering in the file")]
    codes = [offering.code for offering in sheet.offerings]
    faults = [*_doubles(codes), *_references(sheet, set(codes))]
    return faults or list(_senseless(sheet)) or list(_waiting(sheet))


def _doubles(codes: list[str]) -> Iterator[Wrong]:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield ("offerings", place, "code"), f"{code} is described twice"


def _references(sheet: CatalogueSheet, known: set[str]) -> Iterator[Wrong]:
    for place, offering in enumerate(sheet.offerings):
        for path, code in _named(offering):
            if code not in known:
                yield ("offerings", place, *path), f"there is no offering {code}"


def _named(offering: OfferingSheet) -> Iterator[Wrong]:
    for field in ("excludes", "replaces"):
        for place, code in enumerate(getattr(offering, field)):
            yield (field, place), code
    for place, requirement in enumerate(offering.requires):
        for inner, code in enumerate(requirement.any_of):
            yield ("requires", place, "any_of", inner), code


def _senseless(sheet: CatalogueSheet) -> Iterator[Wrong]:
    families = {offering.code: offering.family for offering in sheet.offerings}
    for place, offering in enumerate(sheet.offerings):
        own = [*_own_faults(offering), *_replacement_faults(offering, families)]
        own += _requirement_faults(offering, [*_sold_beside(offering, sheet)])
        yield from ((("offerings", place, *path), sentence) for path, sentence in own)


def _own_faults(offering: OfferingSheet) -> Iterator[Wrong]:
    if offering.code in offering.excludes:
        yield ("excludes",), "an offering cannot exclude itself"
    if offering.code in offering.replaces:
        yield ("replaces",), "an offering cannot replace itself"
    if offering.sold_from and offering.sold_until and offering.sold_until <= offering.sold_from:
        yield ("sold_until",), "must be after sold_from"
    promo = offering.price.promo
    if promo and promo.monthly >= offering.price.monthly:
        yield ("price", "promo", "monthly"), "must be lower than the monthly price"
    pause = offering.pause
    if pause and not pause.min_days <= pause.max_days <= pause.days_a_year:
        yield ("pause",), "min_days, max_days and days_a_year must not fall"


def _sold_beside(offering: OfferingSheet, sheet: CatalogueSheet) -> Iterator[OfferingRule]:
    """Give what is sold in a city where `offering` is sold; no cities means everywhere."""
    for other in sheet.offerings:
        if not offering.cities or not other.cities or {*offering.cities} & {*other.cities}:
            yield other.rule


def _requirement_faults(offering: OfferingSheet, beside: list[OfferingRule]) -> Iterator[Wrong]:
    for place, requirement in enumerate(offering.rule.requires):
        path = ("requires", place)
        if bool(requirement.any_of) == bool(requirement.plan_of):
            yield path, "name either any_of or plan_of"
        elif is_hopeless(offering.rule, requirement, beside):
            yield path, _hopeless(offering.rule, requirement)


def _hopeless(rule: OfferingRule, requirement: Requirement) -> str:
    both = sorted(requirement.any_of & rule.excludes)
    if both:
        return f"{', '.join(both)} is required and excluded at once"
    return "nothing in the catalogue can meet this requirement"


def _replacement_faults(offering: OfferingSheet, families: dict[str, Family]) -> Iterator[Wrong]:
    for place, code in enumerate(offering.replaces):
        if families[code] is not offering.family:
            yield ("replaces", place), f"{code} belongs to another family"


def _waiting(sheet: CatalogueSheet) -> Iterator[Wrong]:
    rules = {offering.code: offering.rule for offering in sheet.offerings}
    lost = circles(rules)
    for place, offering in enumerate(sheet.offerings):
        if offering.code in lost:
            others = ", ".join(code for code in lost if code != offering.code) or "itself"
            sentence = f"{offering.code} can never be connected: it waits for {others}"
            yield ("offerings", place, "requires"), sentence
