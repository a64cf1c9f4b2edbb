"""A forgotten password."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import actions, queries
from portal.accounts.actions.forgotten import PURPOSE
from portal.accounts.forms import ForgottenForm, NewPasswordForm
from portal.accounts.views.blueprint import bp, operator_words, visit
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _


@bp.route("/forgotten", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def forgotten_password() -> ResponseReturnValue:
    form = ForgottenForm()
    if form.validate_on_submit():
        actions.ask_for_link(login=form.login.data, visit=visit())
        return redirect(url_for(".show_link_sent"))
    return render_form("accounts/forgotten_password.html", form)


@bp.get("/forgotten/sent")
@allow(Permission.PUBLIC)
def show_link_sent() -> ResponseReturnValue:
    return render_template("accounts/show_link_sent.html")


@bp.route("/forgotten/<string:token>", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def reset_password(token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            actions.set_new_password(token, password=form.password.data, known=operator_words())
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Your password is set. Sign in with it; your other devices are signed out."))
            return redirect(url_for(".sign_in"))
    is_usable = queries.secret_of(token, PURPOSE) is not None
    answer = make_response(render_form("accounts/reset_password.html", form, is_usable=is_usable))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
