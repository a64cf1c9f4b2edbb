"""People with passwords, contracts to join, and letters that wait."""

from collections.abc import Callable
from functools import cache
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts import actions, passwords
from portal.core.db import transaction
from portal.core.mail import OutgoingMail
from tests.browser import Browser
from tests.cast import Person
from tests.conftest import _sessions

PASSWORD = "kettle on the old stove"


class Stranger(Browser):
    """A browser that asks for English, like those of the cast."""

    def __init__(self, app: Flask, db: Session) -> None:
        super().__init__(app, db)
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    def log_out(self) -> None:
        super().log_out()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def browser(app: Flask, db: Session) -> Browser:
    return Stranger(app, db)


@cache
def hash_of(password: str) -> str:
    """Return a hash, worked out once for all tests."""
    return passwords.hash_password(password)


@pytest.fixture
def entrance(db: Session, cast: dict[str, Person]) -> None:
    """Give everybody of the cast the same password, and alice a phone."""
    for person in cast.values():
        person.user.password_hash = hash_of(PASSWORD)
    cast["alice"].user.phone = "+77015551234"
    db.commit()


@pytest.fixture
def letters(db: Session, app: Flask) -> Callable[[], list[OutgoingMail]]:
    """Return what does the jobs of accounts that wait, as the worker, and gives the new letters."""
    seen: list[OutgoingMail] = []

    def run() -> list[OutgoingMail]:
        waiting = db.execute(_WAITING).all()
        db.execute(_DONE)
        db.commit()
        web = app.extensions["db_session_factory"]
        app.extensions["db_session_factory"] = _sessions(db.info["outer"], "kabinet_worker")
        with app.app_context():
            for name, arguments in waiting:
                with transaction():
                    _WORK[name](arguments)
        app.extensions["db_session_factory"] = web
        db.expire_all()
        known = [letter.id for letter in seen]
        new = [letter for letter in db.scalars(select(OutgoingMail)) if letter.id not in known]
        seen.extend(new)
        return seen

    return run


_WAITING = text(
    "select task_name, args from jobs.procrastinate_jobs"
    " where task_name like 'portal.accounts.%' order by id"
)
_DONE = text("delete from jobs.procrastinate_jobs where task_name like 'portal.accounts.%'")
_WORK: dict[str, Callable[[dict[str, str]], None]] = {
    "portal.accounts.jobs.send_join_code": lambda given: actions.send_join_code(
        UUID(given["secret_id"])
    ),
    "portal.accounts.jobs.send_reset_link": lambda given: actions.send_reset_link(
        UUID(given["secret_id"])
    ),
}
