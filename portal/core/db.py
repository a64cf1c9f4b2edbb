"""The database: models, the unit of work, and what a transaction may see.

Only this module commits: per unsafe request, per `transaction()`, per `separately()`.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Annotated, Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, make_response, request
from flask import session as cookie
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Uuid,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import UserDefinedType
from werkzeug.local import LocalProxy

from portal.core import ids, submissions

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SCOPE = frozenset(
    {"account_id", "user_id", "token", "staff", "email", "phone", "account_number", "subject"}
)

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Money = Annotated[Decimal, mapped_column(Numeric(12, 2))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
Blob = Annotated[bytes, mapped_column(LargeBinary)]


class Xid8(UserDefinedType[str]):
    """A transaction's number: what a cursor that follows commits is made of."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8


class Model(DeclarativeBase):
    """A row with a UUID (version 7) as its key."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Every moment is stored with its zone, also where the column is written `Mapped[datetime]`.
    type_annotation_map = {  # noqa: RUF012 - the shape that SQLAlchemy asks for
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        list[str]: JSONB,
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.uuid7)


class Versioned:
    """Rows that two people can change: the second writer gets a 409 page, not a lost update."""

    version: Mapped[int] = mapped_column(default=1)

    @classmethod
    def __init_subclass__(cls, **options: Any) -> None:
        cls.__mapper_args__ = {"version_id_col": cls.version}  # type: ignore[attr-defined]
        super().__init_subclass__(**options)


submission_table = Table(
    "submission",
    Model.metadata,
    Column("id", Uuid, primary_key=True),
    Column("holder", String, nullable=False),
    Column("location", String),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
throttle_table = Table(
    "throttle",
    Model.metadata,
    Column("key", String, primary_key=True),
    Column("window_ends_at", DateTime(timezone=True), nullable=False),
    Column("hits", Integer, nullable=False),
)

_current: ContextVar[Session | None] = ContextVar("db_session", default=None)


def _factory() -> sessionmaker[Session]:
    return cast(sessionmaker[Session], current_app.extensions["db_session_factory"])


def _session() -> Session:
    if opened := _current.get():
        return opened
    if "db_session" not in g:
        g.db_session = _factory()()
    return cast(Session, g.db_session)


session = cast(Session, LocalProxy(_session))


def digest(secret: str) -> str:
    """Return the sha256 of a secret in hex: what the database keeps instead of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def see(*, within: Session | None = None, **named: UUID | str | bool | None) -> None:
    """Name what the current transaction may see; row-level security hides all the rest.

    `account_id`, `user_id`, `token` (the digest of a secret that the visitor holds), `staff`;
    `email`, `phone`, `account_number`, `subject`: the one that is looked for.
    What is None stays as it was; "" takes it back.
    """
    if unknown := named.keys() - SCOPE:
        raise TypeError(f"row-level security does not know {sorted(unknown)}")
    chosen = {key: _written(value) for key, value in named.items() if value is not None}
    target = within or _session()
    target.info["scope"] = target.info.get("scope", {}) | chosen
    if target.in_transaction():
        _set_scope(target.connection(), chosen)


def _written(value: UUID | str | bool) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)


def _set_scope(connection: Any, scope: dict[str, str]) -> None:
    if scope:
        calls = ", ".join(f"set_config('app.{key}', :{key}, true)" for key in scope)
        connection.execute(text(f"select {calls}"), scope)


def _name_scope(opened: Session, _transaction: Any, connection: Any) -> None:
    if _transaction.nested:
        return
    _set_scope(connection, opened.info.get("scope", {}))


def let_go() -> None:
    """End the transaction of a request that only reads, before something that takes time.

    What was read stays as it is; what is read afterwards begins a transaction that sees the same.
    """
    session.close()


@contextmanager
def transaction(**scope: Any) -> Iterator[Session]:
    """Run a job, a command or a batch as one transaction, committed at its end.

    `scope` is what `see` takes. Inside, `session` is this transaction's.
    """
    with _factory()() as opened:
        mark = _current.set(opened)
        try:
            see(**scope, within=opened)
            yield opened
            opened.commit()
        finally:
            _current.reset(mark)


@contextmanager
def separately(**scope: Any) -> Iterator[Session]:
    """Write a fact that must survive a refusal, a rollback or a GET, on a connection of its own.

    Keep it short: it commits at its end, whatever becomes of the request.
    """
    with _factory()() as own:
        see(**scope, within=own)
        yield own
        own.commit()


def _as_unit_of_work(view: Callable[..., Any]) -> Callable[..., Response]:
    """Commit once, after an unsafe request that ended well; roll back in every other case."""

    @wraps(view)
    def run(**values: Any) -> Response:
        try:
            if (known := submissions.answer_again(session, separately)) is not None:
                return known
            response = make_response(view(**values))
            if request.method in SAFE_METHODS or response.status_code >= 400:
                session.rollback()
            else:
                submissions.remember(session, response)
                session.commit()
        except Exception:
            session.expunge_all()  # The error page reads who asks; a rollback would expire it.
            session.rollback()
            cookie.pop("_flashes", None)  # A success message must not outlive its success.
            raise
        return response

    return run


def without_database(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that opens no transaction: it answers when the database does not."""
    view.without_database = True  # type: ignore[attr-defined]
    return view


def _close(_error: BaseException | None) -> None:
    if opened := g.pop("db_session", None):
        opened.close()


def conninfo(url: str) -> str:
    """Return an SQLAlchemy address as one that psycopg reads."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def make_engine(url: str) -> Engine:
    """Return an engine for `url`, which may lead through a pooler in transaction mode."""
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={"prepare_threshold": None, "connect_timeout": 3},
    )


def init_app(app: Flask) -> None:
    """Call after every blueprint is registered: each view becomes one unit of work."""
    engine = make_engine(app.config["DATABASE_URL"])
    app.extensions["db_engine"] = engine
    app.extensions["db_session_factory"] = sessionmaker(engine)
    app.teardown_appcontext(_close)
    for endpoint, view in app.view_functions.items():
        if not getattr(view, "without_database", False):
            app.view_functions[endpoint] = _as_unit_of_work(view)


event.listen(Session, "after_begin", _name_scope)
