"""Permissions: nothing is reachable unless its view says who may; else the app does not start."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from flask import Flask, request
from flask.typing import ResponseReturnValue

View = Callable[..., Any]


class Permission(StrEnum):
    """`<feature>:<verb>`. Roles get them in `accounts/roles.py`; views never name a role."""

    PUBLIC = "public"
    SELF = "self"  # any signed-in person, about himself
    ACCOUNT_VIEW = "account:view"
    PEOPLE_MANAGE = "people:manage"
    SERVICES_VIEW = "services:view"
    SERVICES_ORDER = "services:order"
    BILLING_VIEW = "billing:view"
    STAFF_ENTER = "staff:enter"
    APPEALS_VIEW = "appeals:view"
    APPEALS_WRITE = "appeals:write"
    DESK_WORK = "desk:work"
    VISITS_WORK = "visits:work"
    RATINGS_REVIEW = "ratings:review"
    LEAVING_VIEW = "leaving:view"
    PARENTAL_EDIT = "parental:edit"
    NEWS_EDIT = "news:edit"
    NEWS_SEND = "news:send"
    CATALOGUE_EDIT = "catalogue:edit"
    CATEGORIES_RELEASE = "categories:release"
    DESK_SUPERVISE = "desk:supervise"
    PROMISES_EDIT = "promises:edit"
    OUTAGES_WORK = "outages:work"
    KNOWLEDGE_EDIT = "knowledge:edit"
    SHOPPING_ENTER = "shopping:enter"
    ANALYSIS_VIEW = "analysis:view"
    FEED_MANAGE = "feed:manage"


def allow(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the one permission that opens it; written below the route decorator."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission:
    """Return the permission that opens an endpoint."""
    view: Any = app.view_functions[endpoint]
    return cast(Permission, view.permission)


def init_app(app: Flask, enforce: Callable[[Permission], ResponseReturnValue | None]) -> None:
    """Call after every blueprint is registered: an unmarked route stops the start-up.

    `enforce` gets the permission of the asked view, and returns None, an answer, or raises.
    """
    unmarked = [
        name for name, view in app.view_functions.items() if not hasattr(view, "permission")
    ]
    if unmarked:
        raise RuntimeError(f"Routes without @allow: {', '.join(sorted(unmarked))}")

    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # No such route: let the 404 happen.
        return enforce(permission_of(app, request.endpoint))

    app.before_request(check)
