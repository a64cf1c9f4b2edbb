"""The first page of everybody, and the customer's home page."""

from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, url_for
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
    return redirect(url_for("accounts.enter"), 303)


@bp.route("/a/<uuid:account_id>")
@allow(Permission.ACCOUNT_VIEW)
def show_home(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    settings = current_app.config["SETTINGS"]
    payment = queries.Payment(day=settings.pay_day, template=settings.pay_url)
    home = queries.home_of(principal(), payment=payment)
    may_chat = principal().may(Permission.APPEALS_WRITE)
    return render_template("home/show_home.html", home=home, may_chat=may_chat)
