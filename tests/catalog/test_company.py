"""Whether an offering finds company, held against going through every set."""

from itertools import chain, combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.company import can_be_connected, rivals_among, ways_of
from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, Requirement, are_exclusive, circles

CODES = tuple("abcdef")
FAMILIES = (Family.INTERNET, Family.TV)
some_codes = st.frozensets(st.sampled_from(CODES), max_size=2)
requirements = st.one_of(
    st.frozensets(st.sampled_from(CODES), min_size=1, max_size=3).map(
        lambda codes: Requirement(any_of=codes)
    ),
    st.sampled_from(FAMILIES).map(lambda family: Requirement(plan_of=family)),
)


def rules(code):
    return st.builds(
        OfferingRule,
        code=st.just(code),
        family=st.sampled_from(FAMILIES),
        is_plan=st.booleans(),
        requires=st.lists(requirements, max_size=3).map(tuple),
        excludes=some_codes,
    )


catalogues = st.tuples(*map(rules, CODES))


def fits(company) -> bool:
    """Say whether these can stand together, each connected after what it needs."""
    in_peace = not any(are_exclusive(*pair) for pair in combinations(company, 2))
    return in_peace and circles({each.code: each for each in company}) == ()


@settings(max_examples=400, deadline=None)
@given(catalogues)
def test_it_can_be_connected_if_any_set_of_all_fits(sold):
    every_set = chain.from_iterable(combinations(sold, size) for size in range(1, len(sold) + 1))
    fitting = {each for company in every_set if fits(company) for each in company}

    for wanted in sold:
        assert can_be_connected(wanted, sold) is (wanted in fitting)


@settings(max_examples=100, deadline=None)
@given(catalogues)
def test_what_cannot_be_connected_has_its_reason(sold):
    for wanted in sold:
        ways = ways_of(wanted, sold)
        if not can_be_connected(wanted, sold):
            assert not ways or rivals_among(ways, sold)
        assert all(way[0] == wanted.code and way[-1] == code for code, way in ways.items())


def test_a_tangle_is_believed_before_it_takes_long():
    levels = [[f"level{level}-{number}" for number in range(8)] for level in range(7)]
    tangle = [
        OfferingRule(code, Family.OPTION, requires=(Requirement(any_of=frozenset(below)),))
        for level, below in pairwise(levels)
        for code in level
    ]
    first = (Requirement(any_of=frozenset(levels[0])),)
    top = OfferingRule("top", Family.OPTION, requires=first, excludes=frozenset(levels[-1]))
    tangle += [OfferingRule(code, Family.OPTION) for code in levels[-1]]

    assert can_be_connected(top, [top, *tangle])  # no set fits, after 8 to the power of 7 tries
