"""Join a contract, in three steps: number and e-mail, code, name and password."""

from flask import flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal.accounts import actions
from portal.accounts.access import Principal, visitor
from portal.accounts.forms import CodeForm, JoinForm, NewPersonForm
from portal.accounts.views.blueprint import bp, let_in, operator_words, visit
from portal.core import text
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _

_TOKEN = "join"  # noqa: S105 - the name under which the cookie carries it


@bp.route("/join", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def join() -> ResponseReturnValue:
    who, form = visitor(), JoinForm()
    if form.validate_on_submit():
        cookie[_TOKEN] = actions.ask_to_join(
            contract=form.contract.data,
            email=form.email.data,
            visit=visit(),
            by=who.user if who else None,
        )
        return redirect(url_for(".enter_code"))
    return render_form("accounts/join.html", form, is_known=who is not None)


@bp.route("/join/code", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def enter_code() -> ResponseReturnValue:
    who, form, token = visitor(), CodeForm(), cookie.get(_TOKEN)
    if not token:
        return _begin_again()
    if form.validate_on_submit():
        try:
            actions.check_code(token, code=form.code.data)
            return _after_code(who, token)
        except RuleError as error:
            form.refuse(error)
    return render_form("accounts/enter_code.html", form)


def _after_code(who: Principal | None, token: str) -> ResponseReturnValue:
    if who is None:
        return redirect(url_for(".finish_joining"))
    account_id = actions.become_holder(token, by=who.user)
    del cookie[_TOKEN]
    flash(_("The contract is yours to manage here now."))
    return redirect(url_for("home.show_home", account_id=account_id))


@bp.route("/join/you", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def finish_joining() -> ResponseReturnValue:
    form, token = NewPersonForm(), cookie.get(_TOKEN)
    if not token:
        return _begin_again()
    if form.validate_on_submit():
        try:
            user = actions.finish_joining(
                token,
                name=form.name.data,
                password=form.password.data,
                known=operator_words(),
                language=text.language(),
            )
        except RuleError as error:
            form.refuse(error)
        else:
            let_in(*actions.open_session(user, means="join", visit=visit()))
            flash(_("Welcome! From now on you sign in with your e-mail and this password."))
            return redirect(url_for(".enter"))
    return render_form("accounts/finish_joining.html", form)


def _begin_again() -> ResponseReturnValue:
    if request.method == "POST":
        flash(_("Too much time has passed. Please begin again."))
    return redirect(url_for(".join"))
