"""The statement as PDF: what can be read from it is what the statement says."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from portal.core import clock, ids, throttle
from portal.core.db import transaction
from portal.core.text import reading_as
from portal.services import queries
from portal.services.models import Charge, Subscription
from portal.services.proration import Month
from portal.services.receipt import written_lines
from portal.services.views.blueprint import PAPERS_AN_HOUR
from tests.services.factories import LONG_AGO, make_offering, subscribe
from tests.services.money_by_hand import reckoned, sum_of

LONG_NAME = "Өте ұзақ атауы бар қызмет: интернет, теледидар және телефон <b>&amp;</b> " * 3
WORDS = {
    "kk": ("Үзінді көшірме: Қараша 2026", "Барлығы", "Есептеу Сома", "{of} беттің {number}-беті"),
    "ru": ("Выписка: Ноябрь 2026", "Всего", "Начисление Сумма", "Страница {number} из {of}"),
    "en": ("Statement: November 2026", "In all", "Charge Sum", "Page {number} of {of}"),
}
LANGUAGES = sorted(WORDS)


def folded(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def pages_of(page):
    assert page.response.data.startswith(b"%PDF-")
    return [folded(each.extract_text()) for each in PdfReader(io.BytesIO(page.response.data)).pages]


def print_it(browser, person, **more):
    return browser.get("services.download_statement", account_id=person.account_id, **more)


@pytest.fixture
def bill(db, alice, catalogue):
    """A month with a part, a whole month, a promotion, a fee and a credit."""
    subscribe(db, alice.account, "vmeste-200", started_on=date(2026, 11, 10), is_promo=True)
    subscribe(db, alice.account, "tv-optimal")
    more = {"account_id": alice.account_id, "month_on": date(2026, 11, 1), "state": "forecast"}
    for kind, amount, values in (
        ("early_exit", 9000, {"count": 3, "price": 3000}),
        ("compensation", Decimal("-2000.50"), {"cause": "visit_missed"}),
    ):
        db.add(
            Charge(
                id=ids.uuid7(),
                kind=kind,
                amount=amount,
                reference=kind,
                created_at=clock.now(),
                **more,
                **values,
            )
        )
    db.commit()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_and_the_total_stand_on_paper(alices, app, db, alice, bill, language):
    [text] = pages_of(print_it(alices, alice, lang=language))

    with app.test_request_context(), reading_as(language), transaction(staff=True):
        ledger = queries.ledger_of(alice.account, Month(2026, 11))
        statement = ledger.statement(Month(2026, 11))
        rows = written_lines(statement.lines, ledger.names)
    title, in_all, head, page_of = WORDS[language]
    place = text.index(head)
    for row in rows:
        place = text.index(folded(f"{row.label} {row.note} {row.sum}"), place)
        assert reckoned(folded(row.note), language) == sum_of(folded(row.sum))
    assert f"{in_all} {_written(statement.total, language)}" in text[place:]
    assert title in text
    assert "7 1203 4456" in text
    assert page_of.format(number=1, of=1) in text


def _written(amount, language):
    whole, _, tiyn = f"{amount:,.2f}".partition(".")
    end = f"{'.' if language == 'en' else ','}{tiyn}" if int(tiyn) else ""
    return f"{whole.replace(',', ' ')}{end} ₸"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_statement_takes_pages_with_a_head_and_a_number(alices, db, alice, language):
    for number in range(70):
        names = dict.fromkeys(LANGUAGES, f"{LONG_NAME} №{number}")
        offering = make_offering(db, f"thing-{number}", names=names)
        db.add(
            Subscription(
                id=ids.uuid7(),
                account_id=alice.account_id,
                offering_id=offering.id,
                price=100 + number,
                started_at=clock.now(),
                started_on=LONG_AGO,
            )
        )
    db.commit()

    texts = pages_of(print_it(alices, alice, lang=language))

    _, in_all, head, page_of = WORDS[language]
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert head in text
        assert page_of.format(number=number, of=len(texts)) in text
    whole = " ".join(texts)
    assert all(f"№{number} " in whole for number in range(70))
    assert folded(LONG_NAME) in texts[0]
    assert f"{in_all} {_written(Decimal(9415), language)}" in whole


def test_the_file_has_a_name_and_stays_with_who_asked(alices, db, alice, bill):
    headers = print_it(alices, alice).headers

    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment; filename=statement-712034456-2026-11.pdf"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("month", ["2026-12", "2099-01", "nonsense", "2026-00", ""])
def test_a_month_that_is_none_prints_this_month(alices, alice, bill, month):
    page = print_it(alices, alice, month=month)

    assert "2026-11.pdf" in page.headers["Content-Disposition"]


def test_another_month_is_printed(alices, db, alice, bill):
    [text] = pages_of(print_it(alices, alice, month="2026-10", lang="en"))

    assert "Statement: October 2026" in text
    assert "Together" not in text.split("Charge Sum")[1]


def test_an_empty_month_is_a_page_too(alices, alice):
    [text] = pages_of(print_it(alices, alice, lang="en"))

    assert "In all 0 ₸" in text


def test_the_font_is_in_the_file(alices, alice, bill):
    fonts = [
        font.get_object()
        for page in PdfReader(io.BytesIO(print_it(alices, alice).response.data)).pages
        for font in page["/Resources"]["/Font"].values()
    ]

    ours = [font for font in fonts if "Golos" in str(font["/BaseFont"])]
    assert ours
    assert all("/FontFile2" in font["/FontDescriptor"] for font in ours)


def test_paper_is_not_printed_without_end(alices, app, alice):
    with app.app_context():
        for _ in range(PAPERS_AN_HOUR):
            key = f"services.papers:{alice.account_id}"
            throttle.hit(key, limit=PAPERS_AN_HOUR, window=timedelta(hours=1))

    assert print_it(alices, alice).status == 429


@pytest.mark.parametrize("name", ["😀 العربية \x07 ﷽", "<b>&lt;/b></para>", "я" * 120])
def test_whatever_a_name_holds_it_is_printed(alices, db, alice, catalogue, name):
    offering = make_offering(db, "odd", names=dict.fromkeys(LANGUAGES, name))
    alice.account.holder_name = name
    db.commit()
    subscribe(db, alice.account, "odd")

    page = print_it(alices, alice)

    assert page.status == 200
    assert offering.names["en"] == name
    assert len(pages_of(page)) == 1
