"""In and out."""

from uuid import UUID

from flask import (
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal.accounts import actions
from portal.accounts.access import Principal, principal, visitor
from portal.accounts.forms import ConfirmForm, SendAgainForm, SignInForm
from portal.accounts.kept_form import KeptForm, seal, unseal, worth_keeping
from portal.accounts.oidc import Partners
from portal.accounts.views.blueprint import bp, carry, let_in, let_out, make_known, visit, way_on
from portal.core.access import Permission, allow, permission_of
from portal.core.errors import RuleError
from portal.core.forms import STALE_FORM, read_uuid, render_form

_DESKS = (
    *("staff.show_queue", "feedback.list_reviews"),
    *("news.list_drafts", "catalog.list_catalogue"),
)


def partners() -> Partners:
    """Return the providers of the configuration."""
    found: Partners = current_app.extensions["oidc"]
    return found


@bp.route("/sign-in", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    who, on = visitor(), way_on()
    if who and request.method == "GET":
        return redirect(on or url_for(".enter"))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            opened = actions.sign_in(
                login=form.login.data, password=form.password.data, visit=visit()
            )
        except RuleError as error:
            form.refuse(error)
        else:
            _leave(who)
            let_in(*opened)
            return make_known(make_response(_go_on(on)), opened[0])
    return show_sign_in(form, on, kept=request.form.get("kept", ""))


def _go_on(on: str | None) -> ResponseReturnValue:
    """Lead to where the visitor was on his way to, or show the form that he came too late with."""
    late = unseal(current_app.config["SECRET_KEY"], request.form.get("kept", ""))
    if late is None:
        return redirect(on or url_for(".enter"))
    return render_form("accounts/send_again.html", SendAgainForm(formdata=None), late=late, told="")


def show_sign_in(form: SignInForm, on: str | None, kept: str = "") -> Response:
    """Render the sign-in page; `on` is where the visitor was going, `kept` what he typed there."""
    return render_form(
        "accounts/sign_in.html",
        form,
        on=on,
        kept=kept,
        providers=[] if kept else list(partners().providers.values()),
        is_expired="expired" in request.args,
    )


def came_too_late() -> ResponseReturnValue:
    """Answer a form whose sender was signed out meanwhile: nothing is done, nothing is lost."""
    kept = seal(current_app.config["SECRET_KEY"], _sent_to(), request.form.items(multi=True))
    page = show_sign_in(SignInForm(formdata=None), None, kept)
    page.status_code = 401 if kept else 303
    if not kept:
        page.location = url_for("accounts.sign_in", expired=1)
    return page


def offer_to_send_again() -> ResponseReturnValue | None:
    """Answer a form of ours whose token is over: nothing is done, one press sends what was typed.

    Whoever has to sign in for it does that first. None if nothing was typed.
    """
    if not (fields := worth_keeping(request.form.items(multi=True))):
        return None
    opened_by = permission_of(current_app, request.endpoint or "")
    if visitor() is None and opened_by is not Permission.PUBLIC:
        return came_too_late()
    late = KeptForm(_sent_to(), fields)
    form = SendAgainForm(formdata=None)
    page = render_form("accounts/send_again.html", form, late=late, told=STALE_FORM)
    page.status_code = 400
    return page


def _sent_to() -> str:
    return request.full_path.rstrip("?")


def _leave(who: Principal | None) -> None:
    if who:
        actions.end_device(who.device, by=who.user)


@bp.post("/sign-out")
@allow(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    _leave(visitor())
    return let_out()


@bp.route("/confirm", methods=["GET", "POST"])
@allow(Permission.SELF)
def confirm() -> ResponseReturnValue:
    who, on = principal(), way_on() or url_for(".show_settings")
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            token = actions.confirm_person(who.device, password=form.password.data, by=who.user)
        except RuleError as error:
            form.refuse(error)
        else:
            carry(token)
            return redirect(on)
    return render_form("accounts/confirm.html", form, on=on)


@bp.get("/enter")
@allow(Permission.SELF)
def enter() -> ResponseReturnValue:
    who = principal()
    if who.may(Permission.SHOPPING_ENTER):
        return redirect(url_for("shopping.list_entries"))
    if who.user.is_staff:
        return redirect(url_for(".enter_desk"))
    own = [membership.account_id for membership in who.memberships]
    if not own:
        return redirect(url_for(".join"))
    last = read_uuid(cookie.get("account"))
    return redirect(_home_of(last if last in own else own[0]))


def _home_of(account_id: UUID | None) -> str:
    return url_for("home.show_home", account_id=account_id)


@bp.get("/staff/")
@allow(Permission.STAFF_ENTER)
def enter_desk() -> ResponseReturnValue:
    who, app = principal(), current_app
    for endpoint in _DESKS:
        if endpoint in app.view_functions and who.may(permission_of(app, endpoint)):
            return redirect(url_for(endpoint))
    return redirect(url_for(".show_settings"))


@bp.get("/contracts")
@allow(Permission.SELF)
def choose_account() -> ResponseReturnValue:
    return render_template("accounts/choose_account.html", memberships=principal().memberships)
