import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.families import Family
from portal.services.finding import Search, Sorting, fold, holds

CAMERA = ("Бейнебақылау", "Видеонаблюдение", "Video surveillance", "1 камера, запись за 7 дней")
ROUTER = ("Wi-Fi 6 роутерін жалға алу", "Аренда роутера Wi-Fi 6", "Wi-Fi 6 router, rented")
SPORT = ("«Спорт» топтамасы", "9 спортивных каналов", "Футбол, бокс, тікелей эфирде. Дополнён")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (CAMERA, "бейнебақылау"),
        (CAMERA, "БЕЙНЕБАКЫЛАУ"),
        (CAMERA, "видео наблюдение"),
        (CAMERA, "surveillance камера"),
        (CAMERA, "камеры"),
        (CAMERA, ""),
        (CAMERA, "  ,  "),
        (ROUTER, "wifi"),
        (ROUTER, "WI‑FI роутер"),
        (ROUTER, "роутеры"),
        (ROUTER, "жалга"),
        (SPORT, "канал"),
        (SPORT, "каналы"),
        (SPORT, "тикелей"),
        (SPORT, "дополнен"),
        (SPORT, "дополнён"),
    ],
)
def test_words_are_found_as_people_type_them(texts, words):
    assert holds(texts, words)


@pytest.mark.parametrize(
    ("texts", "words"),
    [(CAMERA, "роутер"), (CAMERA, "камера роутер"), (ROUTER, "wimax"), (SPORT, "кот")],
)
def test_a_word_that_does_not_stand_there_is_not_found(texts, words):
    assert not holds(texts, words)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_a_text_is_found_by_itself(text, other):
    assert holds([other, text], text)


def test_a_wish_of_nothing_is_open_however_it_is_sorted():
    assert Search(sorting=Sorting.PRICE).is_open
    assert not Search(family=Family.TV).is_open
