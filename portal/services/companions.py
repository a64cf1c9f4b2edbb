"""What goes along with an offering: what it lacks, and what becomes possible only with it."""

from collections.abc import Iterable, Sequence

from portal.catalog.models import Offering
from portal.catalog.queries import Priced
from portal.core.errors import RuleError
from portal.services.judging import Surroundings, check_connection


def companions(offering: Offering, priced: Iterable[Priced], around: Surroundings) -> list[Priced]:
    """Return what may be connected in one order with `offering`, where one needs the other."""
    stands_alone = _may_come(offering, around)
    return [
        each
        for each in priced
        if not (stands_alone and _may_come(each.offering, around))
        and _may_come(each.offering, around, [offering])
        and _may_come(offering, around, [each.offering])
    ]


def _may_come(offering: Offering, around: Surroundings, beside: Sequence[Offering] = ()) -> bool:
    try:
        check_connection(offering, around, beside)
    except RuleError:
        return False
    return True
