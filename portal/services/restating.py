"""The terms of a quote on another day: that of the technician's visit. Pure.

Prices stay as they were quoted, days are counted anew, and leaving early costs at most what was
quoted: of a term fewer months may be left by then. What a page shows for a day and what is charged
for that day both come from here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from portal.catalog.rules import OfferingRule
from portal.core.money import ZERO
from portal.services.changes import Line, LineKind, Terms
from portal.services.household import Household
from portal.services.quoting import terms_of


def restated(terms: Terms, household: Household, rules: Mapping[str, OfferingRule]) -> Terms:
    """Return what was quoted as it is if it holds from the household's day.

    The household is without the change; `rules` are those of what begins. The minimal term is not
    restated: it goes by the day of the quote, however late the technician comes.
    """
    again = terms_of(household, terms.items, rules)
    lines = tuple(_at_most(terms, again.lines))
    return replace(again, lines=lines, month_after=sum((line.amount for line in lines), ZERO))


def _at_most(terms: Terms, lines: Iterable[Line]) -> Iterator[Line]:
    """Give the lines, each fee for leaving early as it was quoted if that is less."""
    quoted = {line.code: line for line in terms.lines if line.kind is LineKind.EARLY_EXIT}
    for line in lines:
        if line.kind is not LineKind.EARLY_EXIT:
            yield line
        elif line.code in quoted:
            yield min(line, quoted[line.code], key=lambda one: one.amount)
