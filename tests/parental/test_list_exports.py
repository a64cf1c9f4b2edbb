"""Each exported format comes back as the same rules, or says what it can't hold."""

import csv
import io
from datetime import UTC, datetime

import idna
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.parental.comparison import reduced
from portal.parental.lists import Entry, Format, Lost, held, read_list, text_of, write
from portal.parental.sites import Action

BLOCK, ALLOW = Action.BLOCK, Action.ALLOW
at_ease = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_LABELS = ["a", "b", "www", "x_1", "2-3", idna.encode("қазақ").decode(), "xn--zz-broken"]
_ENDS = ["kz", "com", "github.io", idna.encode("қаз").decode(), "example"]
_NOTES = st.one_of(
    st.just(""),
    st.sampled_from(
        ["=1+1", "'=1", "''", "'tis", '"', "a,b;c", "a\nb", "a\rb", "# no", "-7", "＝x"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
_MOMENTS = st.datetimes(
    datetime.fromisoformat("2026-12-01"),
    datetime.fromisoformat("2090-01-01"),
    timezones=st.just(UTC),
)


def names():
    parts = st.lists(st.sampled_from(_LABELS), min_size=1, max_size=3)
    return st.tuples(parts, st.sampled_from(_ENDS)).map(lambda both: ".".join([*both[0], both[1]]))


def entries():
    entry = st.builds(
        Entry,
        line=st.just(0),
        name=names(),
        subdomains_only=st.booleans(),
        action=st.sampled_from(Action),
        note=_NOTES.map(str.strip),
        expires_at=st.none() | _MOMENTS,
        in_windows=st.booleans(),
    )
    return st.lists(entry, max_size=8, unique_by=lambda one: one[1:4])


def said(rules, *, with_all_else):
    """Return rules as a set of what they say."""
    return {rule[1:] if with_all_else else rule[1:4] for rule in rules}


@pytest.mark.parametrize(
    ("form", "one_list"), [*((form, BLOCK) for form in Format), (Format.PLAIN, ALLOW)]
)
@at_ease
@given(rules=entries())
def test_what_is_written_comes_back_as_the_same_rules(form, one_list, rules):
    kept = reduced(held(rules, form, one_list=one_list).entries)
    holds_all = form in {Format.CSV, Format.JSON}

    reading = read_list(text_of(write(kept, form).encode()), action=one_list)
    back = reduced(reading.entries)

    assert reading.refused == []
    assert said(back, with_all_else=holds_all) == said(kept, with_all_else=holds_all)
    assert not kept or reading.format is form


@at_ease
@given(rules=entries(), form=st.sampled_from(Format))
def test_no_rule_is_lost_without_a_word(form, rules):
    found = held(rules, form)

    gone = sum(count for reason, count in found.lost.items() if reason is not Lost.NOTE)
    noted = sum(1 for rule in found.entries if rule.note)
    holds_all = form in {Format.CSV, Format.JSON}
    assert len(found.entries) + gone == len(rules)
    assert found.lost.get(Lost.NOTE, 0) == (0 if holds_all else noted)


RULES = [
    Entry(0, "casino.com", False, BLOCK, "=cmd()"),
    Entry(0, "casino.com", False, ALLOW),
    Entry(0, "xn--80aau21bd.kz", True, BLOCK),
    Entry(0, "good.kz", False, ALLOW, "school"),
    Entry(0, "soon.kz", False, ALLOW, "", datetime(2026, 12, 1, tzinfo=UTC)),
    Entry(0, "night.kz", False, BLOCK, "", None, True),
]

WRITTEN = {
    Format.HOSTS: "0.0.0.0 casino.com\n",
    Format.PLAIN: "casino.com\n*.xn--80aau21bd.kz\n",
    Format.ADBLOCK: "||casino.com^\n@@||casino.com^\n||*.xn--80aau21bd.kz^\n@@||good.kz^\n",
    Format.DNSMASQ: "server=/casino.com/#\naddress=/*.xn--80aau21bd.kz/\nserver=/good.kz/#\n",
}

LOST = {
    Format.HOSTS: {Lost.OTHER_LIST: 3, Lost.SUBDOMAINS: 1, Lost.WINDOWS: 1, Lost.NOTE: 1},
    Format.PLAIN: {Lost.OTHER_LIST: 3, Lost.WINDOWS: 1, Lost.NOTE: 1},
    Format.ADBLOCK: {Lost.ENDING: 1, Lost.WINDOWS: 1, Lost.NOTE: 2},
    Format.DNSMASQ: {Lost.BOTH_LISTS: 1, Lost.ENDING: 1, Lost.WINDOWS: 1, Lost.NOTE: 1},
    Format.RPZ: {Lost.BOTH_LISTS: 1, Lost.ENDING: 1, Lost.WINDOWS: 1, Lost.NOTE: 1},
    Format.CSV: {},
    Format.JSON: {},
}


@pytest.mark.parametrize(("form", "text"), WRITTEN.items())
def test_formats_are_written_as_other_programs_read_them(form, text):
    assert write(held(RULES, form).entries, form) == text


@pytest.mark.parametrize(("form", "lost"), LOST.items())
def test_a_format_tells_what_it_cannot_hold(form, lost):
    assert held(RULES, form).lost == lost


def test_a_zone_names_a_site_and_its_star():
    text = write([Entry(0, "a.kz", False, BLOCK), Entry(0, "b.kz", True, ALLOW)], Format.RPZ)

    assert text.splitlines()[-3:] == [
        "a.kz CNAME .",
        "*.a.kz CNAME .",
        "*.b.kz CNAME rpz-passthru.",
    ]


def test_no_cell_of_a_table_is_a_formula():
    text = write(RULES, Format.CSV).removeprefix("\ufeff")

    rows = list(csv.reader(io.StringIO(text)))

    assert rows[1] == ["casino.com", "block", "'=cmd()", "", ""]
    assert rows[3][0] == "*.қазақ.kz"
