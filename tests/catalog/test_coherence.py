"""What does not fit together, also on a day to come."""

from datetime import date

import pytest

from portal.catalog.coherence import incoherences
from portal.catalog.sheet import CatalogueSheet
from portal.core.text import reading_as
from tests.catalog.factories import sheet
from tests.services.factories import shipped

TODAY = date(2026, 11, 22)
NEEDS_B = [{"any_of": ["b"]}]


def faults(*sheets, on=TODAY):
    return [
        (each.place, each.marked.msgid)
        for each in incoherences(CatalogueSheet(offerings=sheets), on=on)
    ]


def test_what_is_needed_must_be_sold_as_long_as_it_is_needed():
    ending = sheet("b", sold_until="2027-01-01")

    assert faults(sheet("a", requires=NEEDS_B), ending) == [
        ("offerings[0].requires[0]", "nothing that is sold can meet this requirement")
    ]
    assert faults(sheet("a", requires=NEEDS_B, sold_until="2027-01-01"), ending) == []


def test_what_is_needed_must_be_sold_when_the_sale_begins():
    late = sheet("b", sold_from="2027-01-01")

    assert len(faults(sheet("a", requires=NEEDS_B), late)) == 1
    assert faults(sheet("a", requires=NEEDS_B, sold_from="2027-01-01"), late) == []


def test_what_is_not_sold_any_more_is_left_in_peace():
    over = {"sold_until": "2026-11-22"}
    gone = [sheet("a", requires=NEEDS_B, **over), sheet("b", requires=[{"any_of": ["a"]}], **over)]

    assert faults(*gone) == []


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 6, 1), date(2030, 1, 1)])
def test_a_catalogue_that_fits_goes_on_fitting(day):
    sheets = (
        sheet("a", requires=[{"any_of": ["b", "c"]}]),
        sheet("b", sold_until="2027-01-01"),
        sheet("c", sold_from="2026-12-31"),
    )

    assert faults(*sheets) == []
    assert faults(*sheets, on=day) == []


@pytest.mark.parametrize(
    ("coming", "place"),
    [
        ([("2027-01-01", 1), ("2027-01-01", 2)], "coming_prices[1].valid_from"),
        ([("2027-02-01", 1), ("2027-01-01", 2)], "coming_prices[1].valid_from"),
    ],
)
def test_prices_to_come_follow_each_other(coming, place):
    prices = [{"valid_from": day, "monthly": monthly} for day, monthly in coming]

    assert [where for where, _ in faults(sheet("a", coming_prices=prices))] == [
        f"offerings[0].{place}"
    ]


def needs(*codes):
    return [{"any_of": [code]} for code in codes]


INTERNET = {"family": "internet", "one_per": "address"}
TOGETHER = "can never be connected, because these cannot stand together: %(ways)s"
PLACE = "can never be connected, because no place has all that it needs: %(ways)s"


@pytest.mark.parametrize(
    ("sheets", "sentence", "ways"),
    [
        (
            [sheet("a", requires=needs("b", "c")), sheet("b", excludes=["c"]), sheet("c")],
            TOGETHER,
            "a → b, a → c",
        ),
        (
            [
                sheet("a", requires=needs("b"), excludes=["c"]),
                sheet("b", requires=needs("c")),
                sheet("c"),
            ],
            TOGETHER,
            "a, a → b → c",
        ),
        (
            [
                sheet("a", requires=needs("b", "c")),
                sheet("b", **INTERNET),
                sheet("c", **INTERNET, replaces=["b"]),
            ],
            TOGETHER,
            "a → b, a → c",
        ),
        (
            [
                sheet("a", requires=needs("b"), technologies=["gpon"]),
                sheet("b", technologies=["lte"]),
            ],
            PLACE,
            "a → b",
        ),
        (
            [
                sheet("a", requires=needs("b", "c")),
                sheet("b", cities=["almaty"]),
                sheet("c", cities=["astana"]),
            ],
            PLACE,
            "a → b, a → c",
        ),
    ],
)
def test_what_nobody_can_ever_connect_is_refused_with_the_way_to_it(sheets, sentence, ways):
    [fault] = incoherences(CatalogueSheet(offerings=sheets), on=TODAY)

    assert (fault.place, fault.marked.msgid) == ("offerings[0].requires", sentence)
    assert fault.values == {"ways": ways}


def test_one_company_that_fits_is_enough():
    sheets = (
        sheet("a", requires=[{"any_of": ["b", "d"]}, {"any_of": ["c"]}]),
        sheet("b", excludes=["c"]),
        sheet("c", cities=["almaty"]),
        sheet("d", requires=[{"plan_of": "internet"}]),
        sheet("slow", **INTERNET, cities=["almaty", "astana"]),
    )

    assert faults(*sheets) == []


def test_what_comes_later_is_no_company_of_today():
    late = sheet("c", sold_from="2027-01-01")
    sheets = (
        sheet("a", requires=[{"any_of": ["b", "c"]}]),
        sheet("b", requires=needs("a")),
        late,
    )

    assert faults(*sheets)
    assert faults(*sheets, on=date(2027, 1, 1)) == []


def test_the_shipped_catalogue_fits():
    assert incoherences(shipped(), on=TODAY) == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("kk", "әрі талап етіледі"),
        ("ru", "требуется и исключается"),
        ("en", "required and excluded"),
    ],
)
def test_a_fault_is_told_in_the_readers_language(app, language, sentence):
    whole = CatalogueSheet(offerings=(sheet("a", requires=NEEDS_B, excludes=["b"]), sheet("b")))
    [fault] = incoherences(whole, on=TODAY)

    with app.test_request_context(), reading_as(language):
        assert sentence in fault.message
    assert "required and excluded" in str(fault)  # the command line speaks English
