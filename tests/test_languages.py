"""Every page of the access table in Kazakh, Russian and English; each is checked on arrival."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.access import CROWD, EVERYBODY, World
from tests.browser import Browser, Page
from tests.cast import Person, make_crowd
from tests.test_access import ROWS

PAGES = sorted(key for key, row in ROWS.items() if " " not in key and 200 in row.statuses.values())
_ORDER = (*EVERYBODY[1:], "anonymous", *CROWD)
LANGUAGES = ("kk", "ru", "en")
SPEAKS_TO_THE_RECIPIENT = {"news.unsubscribe"}  # in the language of the letter that led here


def _reader(key: str) -> str:
    """Return the first persona that gets the page; somebody who is signed in if there is one."""
    statuses = ROWS[key].statuses
    return next(name for name in _ORDER if statuses.get(name) == 200)


def open_page(
    app: Flask, db: Session, cast: dict[str, Person], key: str, **more: str
) -> tuple[Browser, Page]:
    """Open a page of the access table as the first persona that gets it."""
    row, reader = ROWS[key], _reader(key)
    if reader in CROWD:
        cast = cast | make_crowd(db, cast["alice"].account)
    values = row.values(World(db, cast)) if row.values else {}
    db.commit()
    browser = Browser(app, db)
    if reader != "anonymous":
        browser.log_in(cast[reader])
    with app.test_request_context():
        rule = next(iter(app.url_map.iter_rules(key)))
    if "account_id" in rule.arguments:
        values.setdefault("account_id", cast["alice"].account_id)
    page = browser.get(key, **values, **more)
    assert page.status == 200
    return browser, page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", PAGES)
def test_a_page_is_whole_in_three_languages(
    app: Flask, db: Session, cast: dict[str, Person], key: str, language: str
) -> None:
    _browser, page = open_page(app, db, cast, key, lang=language)

    if page.tree is not None and "<html" in page.body and not page.is_boxed:
        assert page.one("html").get("lang") == language or key in SPEAKS_TO_THE_RECIPIENT
        assert page.h1
