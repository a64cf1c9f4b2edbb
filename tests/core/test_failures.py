"""A request that fails ends in a page for the one who asks, and in a log without his words."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from flask import Blueprint, Flask, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.core import db, logs
from portal.core.access import Permission, allow
from portal.core.http import csrf
from tests.browser import Browser
from tests.cast import Person, make_cast
from tests.live import Live

bp = Blueprint("failing", __name__)
CANARY = "canary-9c41@example.kz"
FIRST_PRESS_BEGAN = Event()
FIRST_PRESS_MAY_END = Event()


@bp.post("/failing/<string:kind>")
@csrf.exempt
@allow(Permission.SELF)
def change(kind: str) -> ResponseReturnValue:
    who = principal().user
    if kind == "stale":
        who.name = "Another"
        _change_elsewhere(who)
    elif kind == "taken":
        who.email = "bob@example.kz"
    else:
        db.session.execute(text("select cast(:typed as integer)"), {"typed": CANARY})
    return redirect("/", 303)


def _change_elsewhere(who: User) -> None:
    with db.separately(user_id=who.id) as own:
        own.execute(
            text("update user_account set version = version + 1 where id = :id"), {"id": who.id}
        )


@bp.post("/slow")
@allow(Permission.PUBLIC)
def press() -> ResponseReturnValue:
    FIRST_PRESS_BEGAN.set()
    FIRST_PRESS_MAY_END.wait(30)
    return redirect("/sign-in?done=1", 303)


def _app(live: Live) -> Flask:
    app = live.app(blueprints=[bp])
    app.config["DEBUG"] = False
    return app


def _signed_in(app: Flask, owner: Session, people: dict[str, Person]) -> Browser:
    browser = Browser(app, owner)
    browser.log_in(people["alice"])
    return browser


def test_a_conflict_has_its_page_for_who_is_signed_in_and_the_log_has_no_word_of_his(
    live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = live.session()
    people = make_cast(owner)
    people["bob"].user.email = CANARY
    people["alice"].user.language = "kk"
    owner.commit()
    browser = _signed_in(_app(live), owner, people)
    name = people["alice"].user.name

    stale = browser.send("POST", "/failing/stale")
    people["bob"].user.email = "bob@example.kz"
    owner.commit()
    taken = browser.send("POST", "/failing/taken")
    unreadable = browser.send("POST", "/failing/value")

    assert [page.status for page in (stale, taken, unreadable)] == [409, 409, 400]
    for page in (stale, taken, unreadable):
        assert name in page.text
        assert page.one("html").get("lang") == "kk"
    written = capsys.readouterr().err
    assert "sqlstate=23505 constraint=uq_user_account_email" in written
    assert "bob@example.kz" not in written
    assert CANARY not in written


def test_an_error_has_its_page_when_the_menu_cannot_be_read_either(live: Live) -> None:
    owner = live.session()
    browser = _signed_in(app := _app(live), owner, make_cast(owner))
    app.extensions["bell"] = _broken
    answer = browser.send("POST", "/failing/stale")

    assert answer.status == 409


def _broken(_who: object) -> None:
    raise ConnectionError


def test_a_trace_names_the_place_and_not_what_the_database_quotes() -> None:
    with pytest.raises(KeyError) as caught:
        _fail_in_two_steps()

    told = logs.trace(caught.value)

    assert "_fail_in_two_steps" in told
    assert told.index("IndexError") < told.index("KeyError")


def _fail_in_two_steps() -> None:
    try:
        [].pop()
    except IndexError as error:
        raise KeyError("code") from error


def test_themes_that_are_chosen_at_once_are_no_conflict(live: Live) -> None:
    owner = live.session()
    people = make_cast(owner)
    browser = _signed_in(app := _app(live), owner, people)
    token, together = browser.csrf_token(), Barrier(4)
    cookie = browser.client.get_cookie("kabinet-sid")
    assert cookie is not None

    def choose(theme: str) -> int:
        client = app.test_client()
        client.set_cookie("kabinet-sid", cookie.value)
        together.wait(30)
        answers = [
            client.post("/theme", data={"theme": theme, "csrf_token": token}) for _ in range(3)
        ]
        return max(answer.status_code for answer in answers)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(choose, ["dark", "light"] * 2)) == [302] * 4
    owner.expire_all()
    assert owner.scalar(select(User.theme).where(User.id == people["alice"].id)) in {
        "dark",
        "light",
    }


def test_a_second_press_waits_for_a_slow_first_one(live: Live) -> None:
    app = _app(live)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "raw"
    token = str(URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps("raw"))
    sent = {"submission_id": "01a20320-a200-74ac-8f19-d4e9b9a3d634", "csrf_token": token}

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_press, app, client, sent)
        assert FIRST_PRESS_BEGAN.wait(30)
        second = pool.submit(_press, app, client, sent)
        assert not Event().wait(2.5)  # longer than lock_timeout
        FIRST_PRESS_MAY_END.set()

        assert first.result(30) == second.result(30) == (303, "/sign-in?done=1")


def _press(app: Flask, known: FlaskClient, sent: dict[str, str]) -> tuple[int, str | None]:
    cookie, client = known.get_cookie("kabinet-sid"), app.test_client()
    assert cookie is not None
    client.set_cookie("kabinet-sid", cookie.value)
    answer = client.post("/slow", data=sent)
    return answer.status_code, answer.location
