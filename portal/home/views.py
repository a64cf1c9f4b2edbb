"""The first page of everybody, and the customer's home page."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal, visitor
from portal.core.access import Permission, allow
from portal.home import queries

bp = Blueprint("home", __name__)


@bp.route("/")
@allow(Permission.PUBLIC)
def start() -> ResponseReturnValue:
    who = visitor()
    if who is None:
        return render_template("home/start.html")
    if who.is_only_staff:
        return redirect(url_for("staff.show_queue"), 303)
    if who.memberships:
        return redirect(url_for(".show_home", account_id=who.memberships[0].account_id), 303)
    return render_template("home/join_first.html")


@bp.route("/a/<uuid:account_id>")
@allow(Permission.ACCOUNT_VIEW)
def show_home(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    return render_template("home/show_home.html", home=queries.home_of(principal()))
