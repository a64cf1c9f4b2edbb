"""What becomes of a request that fails: a page in words, and a line in the log."""

import logging
from datetime import timedelta
from math import ceil
from typing import cast

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from portal.core.errors import PortalError, RuleError, ThrottledError
from portal.core.problems import problem
from portal.core.text import gettext, left

log = logging.getLogger("portal.request")
_TAKEN = "23505"  # SQLSTATE unique_violation: somebody else was first.


def _show_error(status: int, message: str = "", headers: dict[str, str] | None = None) -> Response:
    if request.path.startswith("/api/"):
        return problem(status, message, headers=headers)
    try:
        page = _page(status, message)
    except Exception:  # An error never ends without its page: then it is made for a stranger.
        log.exception("request.page_failed")
        g.is_told_as_stranger = True
        page = _page(status, message)
    return Response(page, status, headers=headers)


def _page(status: int, message: str) -> str:
    return render_template(
        "errors/error.html", status=status, message=message, request_id=g.get("request_id", "")
    )


def _on_portal_error(error: PortalError) -> Response:
    if isinstance(error, ThrottledError):
        minutes = timedelta(minutes=ceil(error.retry_after / 60))
        message = gettext("Time left to wait: %(time)s.", time=left(minutes))
        return _show_error(429, message, {"Retry-After": str(error.retry_after)})
    message = error.message if isinstance(error, RuleError) else ""
    return _show_error(error.status, message)


def _on_stale(_error: StaleDataError) -> Response:
    return _show_error(409)


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    """Let the form be sent once more; other sites’ forms never come this far."""
    again = current_app.extensions.get("stale_form")
    if again and "HX-Request" not in request.headers and (page := again()) is not None:
        return cast(ResponseReturnValue, page)
    return _show_error(
        400, gettext("This page was open for too long. Go back, reload it and send it again.")
    )


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    answer = _show_error(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = str(value)
    return answer


def _on_unreadable(error: DataError) -> Response:
    """Refuse a value that no column can hold, such as a number of twenty digits in an address."""
    log.warning("request.value_refused", exc_info=error)
    return _show_error(400)


def _on_breach(error: IntegrityError) -> Response:
    if getattr(error.orig, "sqlstate", "") != _TAKEN:
        return _on_database(error)
    log.warning("request.taken", exc_info=error)
    return _show_error(409)


def _on_database(error: SQLAlchemyError) -> Response:
    log.error("request.database_failed kind=%s", type(error).__name__, exc_info=error)
    return _show_error(503, headers={"Retry-After": "10"})


def _on_bug(error: Exception) -> Response:
    log.error("request.failed", exc_info=error)
    return _show_error(500)


def init_app(app: Flask) -> None:
    """Give every kind of failure its page."""
    app.register_error_handler(PortalError, _on_portal_error)
    app.register_error_handler(StaleDataError, _on_stale)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DataError, _on_unreadable)
    app.register_error_handler(IntegrityError, _on_breach)
    app.register_error_handler(SQLAlchemyError, _on_database)
    app.register_error_handler(Exception, _on_bug)
