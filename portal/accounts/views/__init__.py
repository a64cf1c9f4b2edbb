"""Pages about oneself: signing in, joining, settings."""

from flask import Flask, Response, request
from flask import session as cookie

from portal.accounts.oidc import Partners, read_providers
from portal.accounts.views import doors, forgotten, joining, people, providers, settings, taste
from portal.accounts.views.blueprint import bp

__all__ = ["bp", "doors", "forgotten", "joining", "people", "providers", "settings", "taste"]


def init_app(app: Flask) -> None:
    """Read the providers, keep forms that come too late, remember the contract used last."""
    app.extensions["oidc"] = Partners(read_providers(app.config["SETTINGS"].oidc_providers))
    app.extensions["came_too_late"] = doors.came_too_late
    app.extensions["stale_form"] = doors.offer_to_send_again
    app.after_request(_remember_account)


def _remember_account(response: Response) -> Response:
    used = str((request.view_args or {}).get("account_id", ""))
    is_page = request.method == "GET" and response.status_code == 200
    if used and is_page and cookie.get("account") != used:
        cookie["account"] = used
    return response
