"""The two harnesses, the cast, the clock and the browser.

`db`: the test's session and the requests' sessions share one transaction that is rolled back.
`live` (tests/live.py): a database of its own, real commits, real processes.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from portal.app import create_app
from portal.config import ROOT, Settings
from portal.core import clock
from portal.core.catalogues import compile_all
from tests import databases
from tests.browser import Browser
from tests.cast import Person, make_cast
from tests.live import Live
from tests.statements import counted

pytest_plugins = ["tests.no_skip"]

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def pytest_configure() -> None:
    compile_all(ROOT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "live" in getattr(item, "fixturenames", ()):
            item.add_marker("live")
        if "migrations" in item.path.parts:
            item.add_marker("migration")


@pytest.fixture(scope="session")
def admin_url() -> Iterator[str]:
    with databases.server() as url:
        yield url


@pytest.fixture(scope="session")
def template_database(admin_url: str) -> Iterator[str]:
    with databases.template(admin_url) as name:
        yield name


@pytest.fixture(scope="session")
def database_urls(admin_url: str, template_database: str) -> Iterator[dict[str, str]]:
    with databases.copy_of(admin_url, template_database) as urls:
        yield urls


def make_settings(url: str, **more: str) -> Settings:
    """Return the settings of a test: a laptop's, with a loopback database."""
    plain = {"DATABASE_URL": url, "DEBUG": "1", "BASE_URL": "http://localhost", **more}
    return Settings.from_environment(plain)


@pytest.fixture(scope="session")
def app(database_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("var")
    app = create_app(
        make_settings(
            database_urls["kabinet_app"],
            FILES_DIR=str(folder / "files"),
            MAIL_DIR=str(folder / "mail"),
            DNS_DATA_DIR=str(folder / "dns"),
            VAR_DIR=str(folder),
            PAY_URL="https://pay.example.kz/?contract={contract}&sum={sum}",
        )
    )
    app.config["TESTING"] = False  # Error pages are part of what is tested.
    app.config["DEBUG"] = False
    yield app
    app.extensions["db_engine"].dispose()


@pytest.fixture(scope="session")
def harness_engine(database_urls: dict[str, str]) -> Iterator[Engine]:
    engine = create_engine(database_urls["admin"])
    yield engine
    engine.dispose()


@pytest.fixture
def _push_request_context() -> None:
    """Turn off pytest-flask's context: its one `g` would leak the user between requests."""


_SCOPE = (
    *("account_id", "user_id", "token", "staff"),
    *("email", "phone", "account_number", "subject"),
)
_NOW = ", ".join(f"coalesce(current_setting('app.{n}', true), '') as {n}" for n in _SCOPE)
_SET = ", ".join(f"set_config('app.{n}', :{n}, true)" for n in _SCOPE)
_SET_ROLE = "set_config('role', :role, true)"
# What was before is read first, then the role is changed, in one statement.
_BEFORE = f"with before as materialized (select current_user as role, {_NOW})"
_TAKE = text(f"{_BEFORE} select before.*, {_SET_ROLE} as taken from before")  # noqa: S608 - our own names
_TAKE_BARE = text(f"{_BEFORE} select before.*, {_SET_ROLE} as taken, {_SET} from before")  # noqa: S608
_GIVE_BACK = text(f"select {_SET_ROLE}, {_SET}")


def _sessions(connection: Connection, role: str) -> sessionmaker[Session]:
    factory = sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    bare = dict.fromkeys(_SCOPE, "") if role == "kabinet_app" else {}

    def take_role(session: Session, _transaction: Any, on: Connection) -> None:
        if _transaction.nested:
            return  # A savepoint of the code itself keeps what its transaction may see.
        take = _TAKE_BARE if bare else _TAKE
        row = on.execute(take, {"role": role, **bare}, execution_options={"harness": True}).one()
        session.info["before"] = {name: getattr(row, name) for name in ("role", *_SCOPE)}

    def give_back(session: Session, transaction: Any) -> None:
        """A real connection would keep what the request named: here both share one."""
        before = session.info.pop("before", None) if transaction.parent is None else None
        if before:
            connection.execute(_GIVE_BACK, before, execution_options={"harness": True})

    event.listen(factory, "after_transaction_end", give_back)
    event.listen(factory, "after_begin", take_role, insert=True)
    return factory


@pytest.fixture
def db(app: Flask, harness_engine: Engine) -> Iterator[Session]:
    """Give the test its own session (as owner); roll everything back, the app's commits too."""
    real = app.extensions["db_session_factory"]
    with harness_engine.connect() as connection, connection.begin() as outer:
        connection.execute(text("set local search_path = public, jobs"))
        app.extensions["db_session_factory"] = _sessions(connection, "kabinet_app")
        with _sessions(connection, "kabinet_owner")() as session:
            session.info["outer"] = connection
            yield session
        outer.rollback()
    app.extensions["db_session_factory"] = real


@pytest.fixture(autouse=True)
def noon() -> Iterator[datetime]:
    """Let the clock stand at noon, UTC, of a Sunday: 17:00 in Almaty."""
    clock.freeze(NOON)
    yield NOON
    clock.freeze(None)


@pytest.fixture
def cast(db: Session) -> dict[str, Person]:
    return make_cast(db)


@pytest.fixture
def alice(cast: dict[str, Person]) -> Person:
    """Holder of a contract."""
    return cast["alice"]


@pytest.fixture
def bob(cast: dict[str, Person]) -> Person:
    """Holder of another contract."""
    return cast["bob"]


@pytest.fixture
def carol(cast: dict[str, Person]) -> Person:
    """In alice's home, may only look."""
    return cast["carol"]


@pytest.fixture
def dora(cast: dict[str, Person]) -> Person:
    """Specialist."""
    return cast["dora"]


@pytest.fixture
def eric(cast: dict[str, Person]) -> Person:
    """Supervisor."""
    return cast["eric"]


@pytest.fixture
def fiona(cast: dict[str, Person]) -> Person:
    """Editor."""
    return cast["fiona"]


@pytest.fixture
def gulnara(cast: dict[str, Person]) -> Person:
    """Catalogue manager."""
    return cast["gulnara"]


@pytest.fixture
def browser(app: Flask, db: Session) -> Browser:
    return Browser(app, db)


@pytest.fixture
def count_statements(browser: Browser, harness_engine: Engine) -> Callable[..., int]:
    """Return a function that gets an endpoint's page and says how many statements it took."""

    def count(endpoint: str, **values: Any) -> int:
        browser.get(endpoint, **values)  # What is loaded once per process is not counted.
        with counted(harness_engine) as statements:
            page = browser.get(endpoint, **values)
        assert page.status == 200, f"{endpoint}: {page.status}"
        return len(statements)

    return count


@pytest.fixture
def live(admin_url: str, template_database: str, tmp_path: Path, noon: datetime) -> Iterator[Live]:
    """A database of its own with real commits; processes started through it are ended."""
    clock.freeze(None)
    with databases.copy_of(admin_url, template_database) as urls:
        running = Live(urls, tmp_path)
        yield running
        running.end()
