"""What goes along with an offering: what it needs, and what becomes possible with it."""

from collections.abc import Iterable

from portal.catalog.models import Offering
from portal.catalog.queries import Priced
from portal.core.errors import RuleError
from portal.services.judging import Surroundings, check_connection


def companions(offering: Offering, priced: Iterable[Priced], around: Surroundings) -> list[Priced]:
    """Return what may be connected in one order with `offering`, as one needs the other."""
    return [
        each
        for each in priced
        if _belong_together(offering, each.offering)
        and _may_join(each.offering, offering, around)
        and _may_join(offering, each.offering, around)
    ]


def _belong_together(one: Offering, other: Offering) -> bool:
    return any(
        requirement.is_met_by(second.rule)
        for first, second in ((one, other), (other, one))
        for requirement in first.rule.requires
    )


def _may_join(offering: Offering, other: Offering, around: Surroundings) -> bool:
    try:
        check_connection(offering, around, [other])
    except RuleError:
        return False
    return True
