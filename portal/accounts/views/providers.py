"""Sign in through other providers, and link them."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal.accounts import actions
from portal.accounts.access import principal
from portal.accounts.forms import LinkForm, SignInForm
from portal.accounts.oidc import Begun, Confirmed
from portal.accounts.views.blueprint import bp, let_in, visit, way_on
from portal.accounts.views.doors import partners, show_sign_in
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _

_BEGUN, _CONFIRMED = "oidc", "identity"
SIGN_IN, LINK = "sign-in", "link"


@bp.get("/oidc/<string:provider>/start")
@allow(Permission.PUBLIC)
def start_oidc(provider: str) -> ResponseReturnValue:
    aim = LINK if request.args.get("aim") == LINK else SIGN_IN
    try:
        url, begun = partners().begin(
            provider, back=_back(provider), aim=aim, then=way_on() or url_for(".enter")
        )
    except RuleError as error:
        return _refuse(error, aim)
    cookie[_BEGUN] = begun.kept()
    return redirect(url)


@bp.get("/oidc/<string:provider>/callback")
@allow(Permission.PUBLIC)
def finish_oidc(provider: str) -> ResponseReturnValue:
    title, kept = partners().named(provider).title, cookie.pop(_BEGUN, None)
    if not kept or kept["provider"] != provider:
        flash(_("Too much time has passed. Please begin again."))
        return redirect(url_for(".sign_in"))
    begun = Begun(**kept)
    try:
        confirmed = partners().finish(begun, answer=request.args, back=_back(provider))
    except RuleError as error:
        return _refuse(error, begun.aim)
    if begun.aim == LINK:
        cookie[_CONFIRMED] = confirmed.kept()
        return redirect(url_for(".link_identity"))
    return _enter_as(confirmed, title, begun.then)


def _enter_as(confirmed: Confirmed, title: str, then: str) -> ResponseReturnValue:
    entered = actions.sign_in_through(confirmed, visit=visit())
    if entered is None:
        return render_template("accounts/unknown_identity.html", provider=title), 403
    let_in(*entered)
    return redirect(then)


def _back(provider: str) -> str:
    """Return the address to which the provider sends people back: the configuration's, its own."""
    base: str = current_app.config["SETTINGS"].base_url
    return base + url_for(".finish_oidc", provider=provider)


def _refuse(error: RuleError, aim: str) -> ResponseReturnValue:
    if aim == LINK:
        flash(error.message)
        return redirect(url_for(".show_settings"))
    form = SignInForm()
    form.refuse(error)
    return show_sign_in(form, None)


@bp.route("/settings/identities/link", methods=["GET", "POST"])
@allow(Permission.SELF)
def link_identity() -> ResponseReturnValue:
    who, kept = principal(), cookie.get(_CONFIRMED)
    if not kept:
        return redirect(url_for(".show_settings"))
    if not who.device.is_freshly_proven(clock.now()):
        return redirect(url_for(".confirm", next=url_for(".link_identity")))
    confirmed, form = Confirmed(**kept), LinkForm()
    title = partners().named(confirmed.provider).title
    if form.validate_on_submit():
        try:
            actions.link_identity(confirmed, by=who.user)
        except RuleError as error:
            form.refuse(error)
        else:
            del cookie[_CONFIRMED]
            flash(_("From now on you can sign in through %(provider)s too.", provider=title))
            return redirect(url_for(".show_settings"))
    return render_form("accounts/link_identity.html", form, provider=title, confirmed=confirmed)
