"""What a child sees behind its secret link, without an account."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from portal.core import clock, throttle
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import PortalForm, render_form
from portal.core.text import gettext as _
from portal.parental import queries as parental
from portal.parental.asking import actions, queries
from portal.parental.asking.forms import AskForm
from portal.parental.asking.models import MOST_QUESTIONS
from portal.parental.asking.rules_now import rules_now
from portal.parental.asking.showing import names_of
from portal.parental.categories.queries import categories_above
from portal.parental.categories.registry import codes_of
from portal.parental.checking import Finding, check
from portal.parental.limits import Limits
from portal.parental.models import Profile
from portal.parental.sites import Action

bp = Blueprint("child", __name__, url_prefix="/child/<string:secret>")

_WINDOW = timedelta(minutes=15)
_LOOKS = 60  # checks of one profile within _WINDOW
_TRIES = 20  # questions of one profile, refused ones too, within _WINDOW


@bp.get("")
@allow(Permission.PUBLIC)
def show_child(secret: str) -> ResponseReturnValue:
    _link, profile = queries.link_by_secret(secret)
    form = AskForm(formdata=None, data={"site": request.args.get("site", "")})
    finding = None
    if "site" in request.args:
        throttle.hit(f"child-check:{profile.id}", limit=_LOOKS, window=_WINDOW)
        try:
            finding = _found(profile, form)
        except RuleError as error:
            form.refuse(error)
    return _page(secret, profile, form, finding)


@bp.post("/ask")
@allow(Permission.PUBLIC)
def ask_parents(secret: str) -> ResponseReturnValue:
    _link, profile = queries.link_by_secret(secret)
    throttle.hit(f"child-ask:{profile.id}", limit=_TRIES, window=_WINDOW)
    form = AskForm()
    if form.validate_on_submit():
        try:
            question = actions.ask(
                profile,
                typed=form.site.data or "",
                limits=_limits(),
                categories=categories_above,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Your parents are asked for %(site)s.", site=question.shown))
            return redirect(url_for(".show_child", secret=secret))
    return _page(secret, profile, form, None)


@bp.get("/answers")
@allow(Permission.PUBLIC)
def show_answers(secret: str) -> ResponseReturnValue:
    _link, profile = queries.link_by_secret(secret)
    page = render("parental/asking/_answers.html", secret=secret, **_questions(profile))
    response = _private(make_response(page))
    response.add_etag()
    return response.make_conditional(request)


def _limits() -> Limits:
    return Limits.of(current_app.config["SETTINGS"])


def _found(profile: Profile, form: PortalForm) -> Finding:
    return check(
        parental.policy_of(profile),
        form["site"].data,
        at=clock.now(),
        free_days=parental.free_days(),
        never_closed=_limits().never_blocked,
        categories=categories_above,
    )


def _questions(profile: Profile) -> dict[str, Any]:
    return {
        "profile": profile,
        "now": clock.now(),
        "questions": queries.questions_of(profile),
        "left": max(MOST_QUESTIONS - queries.asked_today(profile), 0),
    }


def _page(secret: str, profile: Profile, form: AskForm, finding: Finding | None) -> Response:
    now = clock.now()
    rules = rules_now(
        profile.settings,
        at=now,
        paused_until=profile.paused_until,
        bonus_until=profile.bonus_until,
        free_days=parental.free_days(),
    )
    page = render_form(
        "parental/asking/show_child.html",
        form,
        secret=secret,
        finding=finding,
        rules=rules,
        settings=profile.settings,
        names_of=names_of,
        closing=names_of(codes_of(finding.mask)) if finding else [],
        blocked=queries.own_sites(profile, Action.BLOCK, at=now),
        allowed=queries.own_sites(profile, Action.ALLOW, at=now),
        **_questions(profile),
    )
    return _private(page)


def _private(response: Response) -> Response:
    """Let the address with its secret go nowhere else."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
