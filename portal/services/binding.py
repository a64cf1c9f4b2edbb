"""Minimal terms that a change breaks, and those that go on with what replaces a service. Pure.

Moving up within a family is free because the term is not ended but carried over: so leaving what
one moved up to, also in its first days, costs what leaving the service before would.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from portal.services.changes import Act, Item, Line, LineKind
from portal.services.household import Household, Offer, Running
from portal.services.terms import Bond, months_left


def carried_by(offer: Offer, replaced: Iterable[Running], day: date) -> Bond | None:
    """Return the dearest term of what `offer` replaces that goes on with it, or None."""
    found = (
        bond
        for each in replaced
        for bond in each.bonds_on(day)
        if each.rule.family is offer.rule.family and offer.monthly >= bond.price
    )
    return max(found, key=lambda bond: bond.owed_on(day), default=None)


def exit_lines(before: Household, after: Household, items: Iterable[Item]) -> Iterator[Line]:
    """Give the fees for leaving before the minimal term; `after` ends with what begins."""
    day = before.day
    ending = {item.subscription_id for item in items if item.act is Act.DELETE}
    begun = after.running[len(before.running) :]
    for each in before.active:
        if each.id not in ending:
            continue
        broken = [bond for bond in each.bonds_on(day) if not _goes_on(bond, each, begun)]
        for bond in broken[:1]:
            months = months_left(day, bond.until)
            yield Line(LineKind.EARLY_EXIT, bond.owed_on(day), each.rule.code, bond.fee, months)


def _goes_on(bond: Bond, each: Running, begun: Iterable[Running]) -> bool:
    """Say whether something of its family begins that is not cheaper than what brought the bond."""
    return any(
        new.rule.family is each.rule.family and new.last_regular >= bond.price for new in begun
    )
