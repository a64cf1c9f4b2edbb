"""Sums, days and times in three languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from portal.core import text

NB = text.NBSP


@pytest.fixture(autouse=True)
def reader(app: Flask, noon: datetime) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.parametrize(
    ("amount", "language", "written"),
    [
        ("12990.00", "ru", f"12{NB}990{NB}₸"),
        ("12990.00", "kk", f"12{NB}990{NB}₸"),
        ("12990.00", "en", f"12{NB}990{NB}₸"),
        ("0.50", "ru", f"0,50{NB}₸"),
        ("0.50", "en", f"0.50{NB}₸"),
        ("-230.00", "ru", f"−230{NB}₸"),
        ("1000000.00", "kk", f"1{NB}000{NB}000{NB}₸"),
    ],
)
def test_a_sum(amount: str, language: str, written: str) -> None:
    with text.reading_as(language):
        assert text.money(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("ru", "22 ноября, 19:30"), ("kk", "22 қараша, 19:30"), ("en", "22 November, 19:30")],
)
def test_a_moment_is_told_in_the_time_of_almaty(language: str, written: str) -> None:
    moment = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)

    with text.reading_as(language):
        assert text.day_time(moment).replace(NB, " ") == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("ru", "1 января 2027"), ("kk", "2027 жылғы 1 қаңтар"), ("en", "1 January 2027")],
)
def test_a_day_of_another_year_names_it(language: str, written: str) -> None:
    with text.reading_as(language):
        assert text.day(date(2027, 1, 1)).replace(NB, " ") == written


@pytest.mark.parametrize(
    ("minutes", "language", "written"),
    [
        (282, "ru", "4 часа 42 минуты"),
        (301, "ru", "5 часов 1 минута"),
        (282, "kk", "4 сағат 42 минут"),
        (282, "en", "4 hours 42 minutes"),
        (1, "en", "1 minute"),
        (60 * 24 * 8, "ru", "8 дней"),
        (0, "ru", "0 минут"),
    ],
)
def test_a_length_is_told_in_two_units(minutes: int, language: str, written: str) -> None:
    with text.reading_as(language):
        assert text.left(timedelta(minutes=minutes)).replace(NB, " ") == written


@pytest.mark.parametrize(
    ("milliseconds", "language", "written"),
    [
        (340, "ru", f"340{NB}мс"),
        (8626, "ru", f"8,6{NB}с"),
        (8626, "kk", f"8,6{NB}с"),
        (1000, "en", f"1.0{NB}s"),
        (244_000, "en", f"4{NB}minutes"),
    ],
)
def test_what_took_seconds_is_not_told_in_milliseconds(
    milliseconds: int, language: str, written: str
) -> None:
    with text.reading_as(language):
        assert text.took(milliseconds) == written


def test_a_line_keeps_the_spaces_that_hold_words_together() -> None:
    assert text.one_line(f" до 26{NB}ноября,\r\n\t 15:00 ") == f"до 26{NB}ноября, 15:00"


def test_kazakh_letters_have_their_places() -> None:
    shuffled = "Ұлытау Орал Өскемен Қарағанды Көкше Іле Ыстық Әйтеке Ақтау Һ Ғ Ң"

    ordered = " ".join(sorted(shuffled.split(), key=text.sort_key("kk")))

    assert ordered == "Ақтау Әйтеке Ғ Көкше Қарағанды Ң Орал Өскемен Ұлытау Һ Ыстық Іле"


@pytest.mark.parametrize(
    ("value", "is_fine"), [("мир 🙂 \u202e", True), ("\0", False), ("\ud800", False)]
)
def test_what_the_database_cannot_keep(value: str, is_fine: bool) -> None:
    assert text.is_storable(value) is is_fine
