"""What went wrong, for programs: problem+json of RFC 9457."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, g, json


def problem(
    status: int, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Return an answer that says in words and in members what to mend.

    `more` are members of its own, e.g. `errors`: a list of {field, detail}.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description or HTTPStatus(status).phrase,
        "request_id": g.get("request_id", ""),
        **more,
    }
    return Response(
        json.dumps(body, ensure_ascii=False) + "\n",
        status,
        headers=dict(headers or {}),
        mimetype="application/problem+json",
    )
