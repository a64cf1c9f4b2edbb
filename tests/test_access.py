"""Who may open what: every endpoint with every persona. A new route needs a row."""

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.models import Role, UserSession
from portal.accounts.roles import BY_ROLE
from portal.core.access import Permission, permission_of
from tests.access import ADMINISTRATOR, CROWD, ENDED, EVERYBODY, MANAGER, PARENT, Row, World
from tests.browser import Browser, Page
from tests.cast import Person, make_crowd

FOLDER = Path(__file__).parent / "access"
FEATURES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
ROWS: dict[str, Row] = {}
for feature in FEATURES:
    ROWS |= import_module(f"tests.access.{feature}").ROWS


def _wanted(app: Flask) -> set[str]:
    return {
        rule.endpoint if method == "GET" else f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert set(ROWS) == _wanted(app)


@pytest.mark.parametrize("key", sorted(ROWS))
def test_each_persona_gets_its_status(
    app: Flask, db: Session, cast: dict[str, Person], key: str
) -> None:
    row = ROWS[key]
    method, _, endpoint = ("GET " + key if " " not in key else key).partition(" ")
    assert set(row.statuses) >= set(EVERYBODY)
    if row.statuses.keys() & CROWD:
        cast = cast | make_crowd(db, cast["alice"].account)
    found = {}
    for persona in row.statuses:
        mark = db.info["outer"].begin_nested()
        found[persona] = _ask(app, db, cast, row, method, endpoint, persona)
        db.rollback()
        mark.rollback()

    assert found == row.statuses


@pytest.mark.parametrize(("persona", "role"), [(PARENT, Role.PARENT), (MANAGER, Role.MANAGER)])
def test_a_member_whom_a_row_does_not_name_may_what_the_holder_may(
    app: Flask, persona: str, role: Role
) -> None:
    homes = [key for key, row in ROWS.items() if ENDED in row.statuses]
    may = {key for key in homes if permission_of(app, key.split()[-1]) in BY_ROLE[role]}

    assert {key for key in homes if persona not in ROWS[key].statuses} == may


def test_what_changes_access_or_shows_a_secret_wants_a_fresh_proof(
    app: Flask, db: Session, cast: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserSession, "is_freshly_proven", lambda _device, _now: False)
    cast = cast | make_crowd(db, cast["alice"].account)
    db.commit()
    found = {}
    for key in sorted(ROWS):
        method, _, endpoint = ("GET " + key if " " not in key else key).partition(" ")
        if "needs_fresh_proof" not in vars(app.view_functions[endpoint]):
            continue
        is_desk = permission_of(app, endpoint) is Permission.FEED_MANAGE
        who = ADMINISTRATOR if is_desk else "alice"
        mark = db.info["outer"].begin_nested()
        page = _page(app, db, cast, ROWS[key], method, endpoint, who)
        found[key] = (page.status, page.headers["Location"].partition("?")[0])
        db.rollback()
        mark.rollback()

    assert set(found) == {
        "accounts.limit_spending",
        "POST accounts.limit_spending",
        "POST accounts.unlink_identity",
        "asking.show_link",
        "POST asking.show_link",
        "devices.show_device",
        "POST api.make_token",
        "POST api.subscribe",
    }
    assert set(found.values()) == {(303, "/confirm")}


# What no browser sends: calls with a token of their own, and the one press of a mail program.
WITHOUT_CSRF = {
    "POST accounting.take",
    "POST services.take_event",
    "POST api.create_ticket",
    "PATCH api.change_ticket",
    "POST news.unsubscribe",
}


def test_no_form_of_another_site_gets_through(app: Flask, db: Session) -> None:
    """Without a token nothing goes, and with one nothing that a browser calls cross-site."""
    browser = Browser(app, db)
    through = set()
    for key in (each for each in ROWS if " " in each):
        method, endpoint = key.split()
        with app.test_request_context():
            rule = next(iter(app.url_map.iter_rules(endpoint)))
        path = _some_address(rule.rule)
        bare = browser.send(method, path).status
        foreign = browser.send(
            method, path, token=True, headers={"Sec-Fetch-Site": "cross-site"}
        ).status
        if (bare, foreign) != (400, 403):
            through.add(key)

    assert through == WITHOUT_CSRF


def _some_address(rule: str) -> str:
    """Return an address that a rule of the map answers to."""
    filled = re.sub(r"<uuid:\w+>", str(UUID(int=7)), rule)
    filled = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", filled)
    return re.sub(r"<\w+:\w+>", "7", filled)


def _in_bobs(row: Row) -> Row:
    """Return a row whose address names bob's contract, and the things that it makes for alice."""

    def values(world: World) -> dict[str, Any]:
        assert row.values, "a row whose address names a thing has to make one"
        return row.values(world) | {"account_id": world.cast["bob"].account_id}

    return replace(row, values=values)


def _named_beside_the_account(app: Flask) -> list[str]:
    """Return the keys of pages of a contract whose address names a thing of it by a UUID."""
    named = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/a/") and rule.rule.count("<uuid:") > 1
    }
    return [key for key in sorted(ROWS) if key.split()[-1] in named]


def test_things_of_another_contract_are_not_found_in_ones_own(
    app: Flask, db: Session, cast: dict[str, Person]
) -> None:
    """Bob puts the ids of Alice's things into addresses of his own contract, where he may all."""
    found = {}
    for key in _named_beside_the_account(app):
        method, _, endpoint = ("GET " + key if " " not in key else key).partition(" ")
        mark = db.info["outer"].begin_nested()
        found[key] = _ask(app, db, cast, _in_bobs(ROWS[key]), method, endpoint, "bob")
        db.rollback()
        mark.rollback()

    found.pop("POST outages.follow")  # An outage is everybody's.
    assert {key: status for key, status in found.items() if status != 404} == {}


def _ask(
    app: Flask,
    db: Session,
    cast: dict[str, Person],
    row: Row,
    method: str,
    endpoint: str,
    persona: str,
) -> int:
    return _page(app, db, cast, row, method, endpoint, persona).status


def _page(
    app: Flask,
    db: Session,
    cast: dict[str, Person],
    row: Row,
    method: str,
    endpoint: str,
    persona: str,
) -> Page:
    browser = Browser(app, db)
    values = row.values(World(db, cast)) if row.values else {}
    db.commit()
    if persona != "anonymous":
        browser.log_in(cast[persona])
    with app.test_request_context():
        rule = next(iter(app.url_map.iter_rules(endpoint)))
    if "account_id" in rule.arguments:
        values.setdefault("account_id", cast["alice"].account_id)
    path = browser.url(endpoint, **values)
    return browser.send(method, path, data=row.data, token=method != "GET")
