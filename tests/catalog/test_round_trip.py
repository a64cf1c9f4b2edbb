"""A catalogue written and read again, as a file and as rows, is the same catalogue."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.coherence import incoherences
from portal.catalog.families import Family
from portal.catalog.models import Offering, Price
from portal.catalog.reading import read_catalogue
from portal.catalog.sheet import CatalogueSheet, OfferingSheet
from portal.catalog.transcript import columns_of, sheet_of, steps_of
from portal.catalog.writing import write_catalogue
from portal.core import clock
from portal.core.text import today
from tests.catalog.test_reading import SHIPPED

CODES = ("one", "two-2", "three")
storable = st.characters(exclude_categories=("Cs", "Cc"))
line = st.text(storable, min_size=1, max_size=40).map(str.strip).filter(bool)
texts = st.fixed_dictionaries({"kk": line, "ru": line, "en": line})
sums = st.decimals(0, 99_999, places=2)
counts = st.integers(1, 36)
days = st.dates(date(2026, 11, 23), date(2031, 1, 1))
promos = st.fixed_dictionaries({"monthly": st.just(Decimal("0.50")), "months": counts})
prices = st.fixed_dictionaries(
    {"monthly": sums.map(lambda each: each + 1), "one_time": sums},
    optional={"promo": promos, "vat_percent": st.sampled_from([Decimal(12), Decimal("16.5")])},
)


def _coming(draw: Any) -> list[dict[str, Any]]:
    begins = sorted(draw(st.sets(days, max_size=3)))
    return [draw(prices) | {"valid_from": day} for day in begins]


@st.composite
def offerings(draw: Any, code: str) -> OfferingSheet:
    others = [each for each in CODES if each != code]
    values = {
        "code": code,
        "family": draw(st.sampled_from(Family)),
        "name": draw(texts),
        "summary": draw(texts),
        "text": draw(texts),
        "ending": draw(st.none() | texts),
        "price": draw(prices),
        "coming_prices": _coming(draw),
        "characteristics": draw(
            st.fixed_dictionaries(
                {}, optional={"speed_mbps": counts, "unlimited_calls": st.booleans()}
            )
        ),
        "one_per": draw(st.sampled_from([None, "address"])),
        "cities": draw(st.lists(st.sampled_from(["almaty", "aktau"]), unique=True)),
        "technologies": draw(st.lists(st.sampled_from(["gpon", "lte"]), unique=True)),
        "needs_technician": draw(st.booleans()),
        "minimal_term": draw(
            st.none() | st.fixed_dictionaries({"months": counts, "exit_fee": sums})
        ),
        "pause": draw(
            st.none()
            | st.just({"min_days": 1, "max_days": 30, "days_a_year": 60, "monthly": "9.90"})
        ),
        "excludes": draw(st.lists(st.sampled_from(others), unique=True)),
        "sold_from": draw(st.none() | st.just(date(2026, 1, 1))),
        "sold_until": draw(st.none() | days),
    }
    return OfferingSheet.model_validate(values)


catalogues = st.tuples(*(offerings(code) for code in CODES)).map(
    lambda each: CatalogueSheet(offerings=each)
)


@settings(deadline=None, max_examples=40)
@given(catalogues)
def test_what_is_written_is_read_again(whole: CatalogueSheet) -> None:
    assert incoherences(whole, on=today()) == []

    assert read_catalogue(write_catalogue(whole)) == whole


@settings(deadline=None)
@given(offerings("one"))
def test_what_rows_keep_is_told_again(sheet: OfferingSheet) -> None:
    now = clock.now()
    steps = steps_of(sheet)
    ends = [*(begin for begin, _ in steps[1:]), None]
    rows = [
        Price(valid_from=begin or now, valid_until=end, **columns)
        for (begin, columns), end in zip(steps, ends, strict=True)
    ]
    offering = Offering(code=sheet.code, prices=rows, **columns_of(sheet))

    assert sheet_of(offering, now) == sheet


def test_the_shipped_catalogue_survives_the_way_out_and_back() -> None:
    whole = read_catalogue(SHIPPED)

    assert read_catalogue(write_catalogue(whole)) == whole


def test_a_file_has_no_anchors_and_sums_as_people_write_them() -> None:
    whole = read_catalogue(SHIPPED.replace("monthly: 6990", 'monthly: "6990.50"'))

    written = write_catalogue(whole)

    assert "monthly: '6990.50'" in written
    assert "monthly: 5490\n" in written
    assert "&" not in written.replace("&amp;", "")
