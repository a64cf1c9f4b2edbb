"""What differs, in words that people read."""

import pytest

from portal.catalog.difference import difference
from portal.catalog.sheet import CatalogueSheet
from portal.core.text import reading_as
from tests.catalog.factories import sheet


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def said(app):
    """Return a function that tells (label, before, after, rise) of the one that changed."""

    def run(before, after, language="en"):
        with app.test_request_context(), reading_as(language):
            [found] = difference(
                CatalogueSheet(offerings=(before,)), CatalogueSheet(offerings=(after,))
            )
        return [
            (plain(each.label), plain(each.before), plain(each.after), each.rise)
            for each in found.changes
        ]

    return run


def test_a_price_rises_and_falls(said):
    cheap, dear = sheet("a"), sheet("a", price={"monthly": 150, "one_time": 500})

    assert said(cheap, dear) == [
        ("Price a month", "100 ₸", "150 ₸", 50),
        ("Connection, once", "0 ₸", "500 ₸", 500),
    ]
    assert said(dear, cheap)[0] == ("Price a month", "150 ₸", "100 ₸", -50)


def test_a_price_to_come_is_compared_with_the_one_that_would_go_on(said):
    plain = sheet("a")
    coming = sheet("a", coming_prices=[{"valid_from": "2027-01-01", "monthly": 120}])
    later = sheet("a", coming_prices=[{"valid_from": "2027-01-01", "monthly": 130}])

    assert said(plain, coming) == [("Price a month from 1 January 2027", "100 ₸", "120 ₸", 20)]
    assert said(coming, later) == [("Price a month from 1 January 2027", "120 ₸", "130 ₸", 10)]
    assert said(coming, plain) == [("Price a month from 1 January 2027", "120 ₸", "100 ₸", -20)]


def test_promotion_tax_rules_and_words_are_told(said):
    before = sheet("a")
    after = sheet(
        "a",
        price={"monthly": 100, "vat_percent": 20, "promo": {"monthly": 50, "months": 3}},
        requires=[{"plan_of": "internet"}],
        name={"kk": "екі", "ru": "раз", "en": "one"},
        cities=["almaty"],
    )

    assert said(before, after, "ru") == [
        ("НДС, процентов", "16", "20", 0),
        ("Цена первых месяцев", "", "50 ₸, месяцев: 3", 0),
        ("Название", "бір", "екі", 0),
        ("Города", "", "Алматы", 0),
        ("Нужно", "", "тариф интернета", 0),
    ]


def test_the_order_of_codes_is_no_difference(app):
    one = CatalogueSheet(offerings=(sheet("a", cities=["almaty", "astana"]), sheet("b")))
    other = CatalogueSheet(offerings=(sheet("b"), sheet("a", cities=["astana", "almaty"])))

    with app.test_request_context():
        assert difference(one, other) == []


def test_what_is_new_and_what_is_gone(app):
    one, other = (CatalogueSheet(offerings=(sheet(code),)) for code in ("a", "b"))

    with app.test_request_context():
        found = [(each.code, str(each.kind)) for each in difference(one, other)]

    assert found == [("b", "added"), ("a", "removed")]
