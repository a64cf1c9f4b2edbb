"""Every form of every page, filled with what nobody should type: clear words, never a fault."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.browser import Browser, Element, Page
from tests.cast import Person
from tests.test_languages import PAGES, open_page

CANARY = "canary-7f3a@example.kz"
TYPED = {
    "nul": "a\0b",
    "emoji": "🙂👨‍👩‍👧 ok",
    "right to left": "\u202eabc \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "very long": "я" * 3_000,
    "number out of range": "99999999999999999999",
    "markup": "<script>alert(1)</script>",
    "formula": "=1+1",
    "secret": CANARY,
}
HUGE = "9" * 20
RUBBISH = ("topic=%00", "after=zzzz", "q=%F0%9F%99%82&page=-1", "month=9999-99")
RUBBISH += (f"after={HUGE}&page={HUGE}&version={HUGE}&q={HUGE}",)
TEXT_KINDS = {"text", "email", "tel", "search", "url", "number", "date", "datetime-local", None}
OWN = {"csrf_token", "submission_id", "next"}


def _text_fields(form: Element) -> list[Element]:
    return [
        field
        for field in form.cssselect("input[name], textarea[name]")
        if field.name not in OWN and (field.tag == "textarea" or field.get("type") in TEXT_KINDS)
    ]


def _forms(page: Page) -> list[tuple[int, Element]]:
    posts = [form for form in page.all("main form") if form.method == "POST"]
    return [(place, form) for place, form in enumerate(posts) if _text_fields(form)]


def _send(page: Page, form: Element, typed: str) -> Page:
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    for field in _text_fields(form):
        data[field.name] = [typed]
    action = form.action or page.path
    return page.browser.send("POST", action, data=data)


def _keeps(page: Page, form: Element, typed: str) -> bool:
    names = [field.name for field in _text_fields(form)]
    shown = [field.value or "" for name in names for field in page.all(f"[name='{name}']")]
    return any(typed.strip()[:100] in " ".join(value.split("\n")) for value in shown)


@pytest.mark.parametrize("key", PAGES)
def test_no_form_falls_over_what_is_typed_and_no_log_keeps_it(
    app: Flask,
    db: Session,
    cast: dict[str, Person],
    key: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _browser, page = open_page(app, db, cast, key)
    if page.tree is None:
        return
    for _place, form in _forms(page):
        for kind, typed in TYPED.items():
            mark = db.info["outer"].begin_nested()
            answer = _send(page, form, typed)
            said = f"{key}, {kind}: {answer.status}"
            assert answer.status < 500, said
            if answer.status == 422:
                assert "nul" in kind or _keeps(answer, form, typed), f"{said}: typed text is lost"
            db.rollback()
            mark.rollback()
    assert CANARY not in caplog.text


@pytest.mark.parametrize("key", PAGES)
def test_an_address_with_rubbish_in_it_is_answered_in_words(
    app: Flask, db: Session, cast: dict[str, Person], key: str
) -> None:
    browser, page = open_page(app, db, cast, key)
    for query in RUBBISH:
        mark = "&" if "?" in page.path else "?"
        assert browser.open(f"{page.path}{mark}{query}").status < 500, f"{key}?{query}"


def test_a_choice_that_nobody_can_keep_is_refused_in_words(
    app: Flask, db: Session, cast: dict[str, Person]
) -> None:
    browser = Browser(app, db)
    cast["dora"].user.staff_role = "agency"
    browser.log_in(cast["dora"])

    answer = browser.post("shopping.list_entries", {"checklist": "a\0b"})

    assert answer.status == 400
