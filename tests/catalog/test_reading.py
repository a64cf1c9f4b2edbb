import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import portal.catalog
from portal.catalog.faults import CatalogueError
from portal.catalog.reading import read_catalogue, read_file

SHIPPED = Path(portal.catalog.__file__).with_name("offerings.yaml").read_text(encoding="utf-8")
WORDS = {"kk": "бір", "ru": "раз", "en": "one"}


def offering(code, /, **changes):
    return {
        "code": code,
        "family": "option",
        "name": WORDS,
        "summary": WORDS,
        "text": WORDS,
        "price": {"monthly": 100},
    } | changes


def written(*offerings):
    unshared = json.loads(json.dumps({"offerings": offerings}))  # a shared dict becomes an anchor
    return yaml.safe_dump(unshared, allow_unicode=True, sort_keys=False)


def faults_of(text):
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(text)
    return [(fault.place, fault.marked.msgid % fault.values) for fault in caught.value.faults]


def test_the_shipped_catalogue_has_25_offerings_in_six_families():
    sheet = read_catalogue(SHIPPED)

    assert len(sheet.offerings) == 25
    assert len({each.family for each in sheet.offerings}) == 6


@pytest.mark.parametrize(
    ("code", "monthly"),
    [
        ("vmeste-200", 6990),
        ("vmeste-500", 8990),
        ("tv-optimal", 2990),
        ("phone-home", 1150),
        ("parental-control", 690),
        ("antivirus", 490),
        ("router-wifi6", 680),
    ],
)
def test_the_shipped_prices(code, monthly):
    prices = {each.code: each.price.monthly for each in read_catalogue(SHIPPED).offerings}

    assert prices[code] == monthly


@pytest.mark.parametrize(
    ("change", "path", "part"),
    [
        ({"colour": "red"}, "offerings[0].colour", "not known"),
        ({"name": {"kk": "a", "ru": "b"}}, "offerings[0].name.en", "missing"),
        ({"name": WORDS | {"en": "  "}}, "offerings[0].name.en", "at least 1"),
        ({"price": {"monthly": 10.5}}, "offerings[0].price.monthly", "in quotes"),
        ({"price": {"monthly": "1e400"}}, "offerings[0].price.monthly", "less than"),
        ({"price": {"monthly": "NaN"}}, "offerings[0].price.monthly", "finite"),
        ({"price": {"monthly": True}}, "offerings[0].price.monthly", "sum"),
        ({"price": {"monthly": "0.005"}}, "offerings[0].price.monthly", "two decimal"),
        ({"price": {"monthly": -1}}, "offerings[0].price.monthly", "greater"),
        ({"code": "Юность"}, "offerings[0].code", "match"),
        ({"family": "gas"}, "offerings[0].family", "internet"),
        ({"needs_technician": "maybe"}, "offerings[0].needs_technician", "true or false"),
        ({"excludes": ["nobody"]}, "offerings[0].excludes[0]", "no offering nobody"),
        ({"replaces": ["a"]}, "offerings[0].replaces", "itself"),
        ({"excludes": ["a"]}, "offerings[0].excludes", "itself"),
        ({"requires": [{}]}, "offerings[0].requires[0]", "either"),
        ({"requires": [{"plan_of": "tv"}]}, "offerings[0].requires[0]", "nothing"),
        (
            {"requires": [{"any_of": ["b"]}], "excludes": ["b"]},
            "offerings[0].requires[0]",
            "once: b",
        ),
        (
            {"requires": [{"any_of": ["b"]}], "cities": ["aktau"]},
            "offerings[0].requires[0]",
            "nothing",
        ),
        (
            {"sold_from": "2026-02-01", "sold_until": "2026-01-01"},
            "offerings[0].sold_until",
            "later",
        ),
    ],
)
def test_a_fault_is_told_with_its_path(change, path, part):
    text = written(offering("a", **change), offering("b", cities=["almaty"]))

    [(where, message)] = faults_of(text)

    assert where == path
    assert part in message


def test_a_sum_with_tiyn_is_written_in_quotes():
    sheet = read_catalogue(written(offering("a", price={"monthly": "690.50"})))

    assert sheet.offerings[0].price.monthly == Decimal("690.50")


def test_all_faults_come_at_once_in_the_order_of_their_lines():
    text = written(offering("a", family="gas"), offering("b", extra=1), offering("c", text="x"))

    with pytest.raises(CatalogueError) as caught:
        read_catalogue(text)

    lines = [fault.line for fault in caught.value.faults]
    assert len(lines) == 3
    assert lines == sorted(lines)
    assert text.splitlines()[lines[0] - 1].strip() == "family: gas"


def test_offerings_that_wait_for_each_other_are_refused():
    text = written(
        offering("a", requires=[{"any_of": ["b"]}]), offering("b", requires=[{"any_of": ["a"]}])
    )

    assert [path for path, _ in faults_of(text)] == [
        "offerings[0].requires",
        "offerings[1].requires",
    ]


def test_a_code_described_twice_is_refused():
    assert faults_of(written(offering("a"), offering("a"))) == [
        ("offerings[1].code", "a is described twice")
    ]


def test_a_key_written_twice_is_refused_with_its_line():
    text = "offerings:\n- code: a\n  code: b\n"

    with pytest.raises(CatalogueError, match=r"line 3: offerings\[0\].code: is written twice"):
        read_catalogue(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "- 1",
        "offerings: []",
        "a: &x 1\nb: *x",
        "a: \0",
        "a: !!python/object:os.system {}",
        "a: 2026-13-45",
        "[" * 600 + "]" * 600,
        "? [1, 2]\n: 3",
        "offerings: [1, null]",
        "x" * 2_000_001,
    ],
)
def test_what_is_no_catalogue_is_refused_in_words(text):
    assert faults_of(text)


def test_a_promotional_price_must_be_lower_and_a_pause_possible():
    text = written(
        offering(
            "one",
            price={"monthly": 100, "promo": {"monthly": 100, "months": 3}},
            pause={"min_days": 20, "max_days": 10, "days_a_year": 30},
        )
    )

    assert faults_of(text) == [
        ("offerings[0].price.promo.monthly", "must be lower than the monthly price"),
        (
            "offerings[0].pause",
            "the least, the most and the days of a year must not fall in this order",
        ),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * 1_000_001, "the file is larger than 1 million characters"),
        ("я".encode() * 1_000_001, "the file is larger than 1 million characters"),
        (b"x" * 4_000_001, "the file is larger than 1 million characters"),
        (b"\xff\xfe\x00", "the file is not UTF-8 text"),
        (b"PK\x03\x04\x00", "the file is no text: it holds binary data"),
    ],
)
def test_what_is_no_text_is_refused_before_it_is_read(content, sentence):
    with pytest.raises(CatalogueError, match=sentence):
        read_file(content)


@pytest.mark.parametrize(
    ("odd", "place", "sentence"),
    [
        ('"\\0"', "offerings[0].name.en", "control characters"),
        ('"\\ud800"', "", "cannot be read as YAML"),
        ("[" * 100_000, "", "cannot be read as YAML"),
    ],
    ids=["nul", "half a character", "deep"],
)
def test_a_text_that_the_database_cannot_keep_is_refused(odd, place, sentence):
    text = written(offering("a")).replace("en: one", f"en: {odd}", 1)

    assert sentence in dict(faults_of(text))[place]


def test_a_file_of_windows_with_its_mark_is_read():
    assert read_file(b"\xef\xbb\xbf" + SHIPPED.replace("\n", "\r\n").encode()).offerings
