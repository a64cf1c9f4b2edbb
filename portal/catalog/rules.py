"""What goes with what: requirements, exclusions and replacements, as pure functions.

Offerings are told apart by their codes. `held` is what an address has, or is about to have.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.catalog.families import Family


@dataclass(frozen=True)
class Requirement:
    """One thing that must be there: any offering of `any_of`, or a plan of the family `plan_of`."""

    any_of: frozenset[str] = frozenset()
    plan_of: Family | None = None

    def is_met_by(self, rule: "OfferingRule") -> bool:
        return rule.code in self.any_of or (rule.is_plan and rule.family is self.plan_of)


@dataclass(frozen=True)
class OfferingRule:
    """What the catalogue says about the company of one offering.

    A plan is the one offering of its family that an address has (`one_per: address`).
    """

    code: str
    family: Family
    is_plan: bool = False
    requires: tuple[Requirement, ...] = ()
    excludes: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PauseRule:
    """How an offering may be paused: days at a time, days in a calendar year, price a month."""

    min_days: int
    max_days: int
    days_a_year: int
    monthly: Decimal


@dataclass(frozen=True)
class Verdict:
    """Whether an offering may be connected to what is held, and what would have to change.

    `missing`: requirements that nothing meets. `excluded_by`: codes that stand in its way.
    `replaced`: codes that end in its favour.
    """

    missing: tuple[Requirement, ...] = ()
    excluded_by: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


def are_exclusive(one: OfferingRule, other: OfferingRule) -> bool:
    """Say whether two offerings cannot stand together on one address; order plays no part."""
    both_plans = one.is_plan and other.is_plan and one.family is other.family
    named = other.code in one.excludes or one.code in other.excludes
    return one.code != other.code and (both_plans or named)


def verdict(wanted: OfferingRule, held: Iterable[OfferingRule]) -> Verdict:
    """Judge connecting `wanted` to `held`. Codes come in the order of `held`."""
    present = tuple(held)
    rivals = [each.code for each in present if are_exclusive(wanted, each)]
    replaced = tuple(code for code in rivals if code in wanted.replaces)
    staying = [each for each in present if each.code not in replaced]
    return Verdict(
        missing=unmet(wanted, staying),
        excluded_by=tuple(code for code in rivals if code not in wanted.replaces),
        replaced=replaced,
    )


def unmet(wanted: OfferingRule, present: Sequence[OfferingRule]) -> tuple[Requirement, ...]:
    """Return the requirements of `wanted` that nothing in `present` meets."""
    return tuple(
        requirement
        for requirement in wanted.requires
        if not any(requirement.is_met_by(each) for each in present)
    )


def orphans(staying: Iterable[OfferingRule]) -> tuple[str, ...]:
    """Return the codes that cannot stay because what they require is not there, in waves.

    What requires an orphan is an orphan too. The nearest come first.
    """
    present = list(staying)
    lost: list[str] = []
    while wave := [each for each in present if unmet(each, present)]:
        lost += [each.code for each in wave]
        present = [each for each in present if each not in wave]
    return tuple(lost)


def circles(rules: Mapping[str, OfferingRule]) -> tuple[str, ...]:
    """Return the codes of offerings that can never be connected because they wait for each other.

    An offering can be connected once each of its requirements is met by one that can be.
    """
    reachable: list[OfferingRule] = []
    waiting = list(rules.values())
    while ready := [each for each in waiting if not unmet(each, reachable)]:
        reachable += ready
        waiting = [each for each in waiting if each not in ready]
    return tuple(each.code for each in waiting)


def is_hopeless(
    rule: OfferingRule, requirement: Requirement, all_rules: Iterable[OfferingRule]
) -> bool:
    """Say whether everything that meets `requirement` excludes the offering that has it."""
    able = [each for each in all_rules if requirement.is_met_by(each)]
    return all(are_exclusive(rule, each) or each.code == rule.code for each in able)
