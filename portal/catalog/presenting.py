"""The catalogue as its manager sees it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.catalog.drafting import Draft
from portal.catalog.families import Family
from portal.catalog.faults import Fault
from portal.catalog.models import Offering
from portal.catalog.queries import Priced
from portal.catalog.sheet import ComingPriceSheet, OfferingSheet
from portal.catalog.transcript import columns_of
from portal.core.text import Marked, _l, in_language

SALE_STATES = {
    "sold": (_l("Sold"), "ok"),
    "coming": (_l("Not sold yet"), ""),
    "over": (_l("Not sold any more"), "bad"),
}


@dataclass(frozen=True)
class Listed:
    """One line of the desk's list, as it would stand after the release.

    `waits`: "" for nothing, else "new", "changed", or "stale" if it was released anew meanwhile.
    """

    sheet: OfferingSheet
    waits: str
    state: str

    @property
    def name(self) -> str:
        return in_language(self.sheet.name.model_dump())

    @property
    def summary(self) -> str:
        return in_language(self.sheet.summary.model_dump())

    @property
    def coming(self) -> ComingPriceSheet | None:
        """Return the next price."""
        return next(iter(self.sheet.coming_prices), None)

    @property
    def badge(self) -> tuple[Marked, str]:
        return SALE_STATES[self.state]


def listed(draft: Draft, words: str = "") -> list[tuple[Family, list[Listed]]]:
    """Return the offerings whose code or texts hold all of `words`, by family."""
    wanted = words.casefold().split()
    by_family: dict[Family, list[Listed]] = {family: [] for family in Family}
    for sheet in draft.sheet.offerings:
        if _holds(sheet, wanted):
            by_family[sheet.family].append(
                Listed(sheet, _waits(draft, sheet.code), _state(sheet, draft.day))
            )
    return [(family, found) for family, found in by_family.items() if found]


def _holds(sheet: OfferingSheet, wanted: list[str]) -> bool:
    texts = (*sheet.name.model_dump().values(), *sheet.summary.model_dump().values())
    everything = " ".join((sheet.code, *texts)).casefold()
    return all(word in everything for word in wanted)


def _waits(draft: Draft, code: str) -> str:
    if code in draft.stale:
        return "stale"
    if code not in draft.changes:
        return ""
    return "changed" if code in draft.released.by_code else "new"


def _state(sheet: OfferingSheet, day: date) -> str:
    if sheet.is_over_on(day):
        return "over"
    return "sold" if sheet.is_sold_on(day) else "coming"


def previewed(sheet: OfferingSheet) -> Priced:
    """Return an offering as customers' pages take it, though no row says so yet."""
    promo = sheet.price.promo
    return Priced(
        Offering(code=sheet.code, **columns_of(sheet)),
        monthly=sheet.price.monthly,
        one_time=sheet.price.one_time,
        promo_monthly=promo.monthly if promo else None,
        promo_months=promo.months if promo else None,
    )


def sentence(fault: Fault) -> str:
    """Return what is wrong as a sentence that stands alone."""
    message = fault.message
    return f"{message[:1].upper()}{message[1:]}."


def faults_by_offering(draft: Draft, faults: Iterable[Fault]) -> list[tuple[str, str, str]]:
    """Return (code, name, sentence) of each fault of the whole draft."""
    offerings = draft.sheet.offerings
    found = []
    for fault in faults:
        sheet = offerings[int(fault.path[1])]
        found.append((sheet.code, in_language(sheet.name.model_dump()), sentence(fault)))
    return found
