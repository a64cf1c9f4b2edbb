"""Whether an offering finds what it needs, all of it able to stand together. Pure.

What it needs may need something itself, so a set is sought that has everything and in which no
two exclude each other. Offerings that wait for each other never come.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from portal.catalog.rules import OfferingRule, Requirement, are_exclusive, unmet

MOST_TRIES = 10_000
Rules = tuple[OfferingRule, ...]


class _TangledError(Exception):
    """More was tried than is worth while."""


def can_be_connected(wanted: OfferingRule, sold: Sequence[OfferingRule]) -> bool:
    """Say whether some of `sold` meet all that `wanted` needs and can stand together with it.

    Of a catalogue so tangled that MOST_TRIES do not tell, the best is believed.
    """
    try:
        return any(True for _company in _Search(sold).companies(wanted))
    except _TangledError:
        return True


def ways_of(wanted: OfferingRule, sold: Sequence[OfferingRule]) -> dict[str, tuple[str, ...]]:
    """Return what `wanted` needs and by which way, if exclusions are left out of account.

    By code the codes from `wanted` to it, both included. Empty if something is not to be had.
    """
    order = _in_order(sold)
    if wanted not in order:
        return {}
    ways: dict[str, tuple[str, ...]] = {wanted.code: (wanted.code,)}
    waiting = [wanted]
    while waiting:
        one = waiting.pop()
        before = order[: order.index(one)]
        for requirement in one.requires:
            met = next(each for each in before if requirement.is_met_by(each))
            if met.code not in ways:
                ways[met.code] = (*ways[one.code], met.code)
                waiting.append(met)
    return ways


def rivals_among(
    ways: dict[str, tuple[str, ...]], sold: Sequence[OfferingRule]
) -> tuple[OfferingRule, OfferingRule] | None:
    """Return two of what `ways` lead to that cannot stand together, or None."""
    needed = [each for each in sold if each.code in ways]
    return next((pair for pair in combinations(needed, 2) if are_exclusive(*pair)), None)


def _in_order(sold: Sequence[OfferingRule]) -> list[OfferingRule]:
    """Return what can be had, each behind what it needs."""
    order, waiting = list[OfferingRule](), list(sold)
    while ready := [each for each in waiting if not unmet(each, order)]:
        order += ready
        waiting = [each for each in waiting if each not in ready]
    return order


class _Search:
    """Goes through the sets of `sold`, and turns back where two exclude each other."""

    def __init__(self, sold: Sequence[OfferingRule]) -> None:
        self._sold = sold
        self._left = MOST_TRIES

    def companies(self, wanted: OfferingRule) -> Iterator[Rules]:
        """Give sets in which `wanted` has all that it needs."""
        yield from self._met(wanted.requires, (wanted,), (wanted,))

    def _met(
        self, requirements: tuple[Requirement, ...], chosen: Rules, above: Rules
    ) -> Iterator[Rules]:
        """Give what `chosen` may grow to; `above` wait for it, so they cannot serve it."""
        if not requirements:
            yield chosen
            return
        first, *rest = requirements
        for grown in self._served(first, chosen, above):
            yield from self._met(tuple(rest), grown, above)

    def _served(self, need: Requirement, chosen: Rules, above: Rules) -> Iterator[Rules]:
        if any(need.is_met_by(each) for each in chosen if each not in above):
            yield chosen  # Whatever else might serve it would only be in the way.
            return
        for each in self._sold:
            if need.is_met_by(each) and not _is_in_the_way(each, chosen):
                self._try()
                yield from self._met(each.requires, (*chosen, each), (*above, each))

    def _try(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _TangledError


def _is_in_the_way(each: OfferingRule, chosen: Rules) -> bool:
    return each in chosen or any(are_exclusive(each, other) for other in chosen)
