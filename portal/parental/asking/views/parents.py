"""What parents see: questions of their children, and the child's link."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import freshly_proven, principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.text import _l, deadline, translate
from portal.core.text import gettext as _
from portal.parental import queries as parental
from portal.parental.asking import actions, queries
from portal.parental.asking.forms import AnswerForm
from portal.parental.asking.models import Answer, ChildLink
from portal.parental.asking.secret import secret_behind
from portal.parental.limits import Limits
from portal.parental.qr import qr_code

bp = Blueprint("asking", __name__, url_prefix="/a/<uuid:account_id>/parental-control")


@bp.get("/questions")
@allow(Permission.PARENTAL_EDIT)
def list_questions(account_id: UUID) -> ResponseReturnValue:
    account = principal().account
    waiting = queries.open_questions(account)
    return render_template(
        "parental/asking/list_questions.html",
        account_id=account_id,
        waiting=waiting,
        services=queries.service_of(question.site for question, _profile in waiting),
        answered=queries.answered_questions(account),
        now=clock.now(),
    )


@bp.post("/questions/<uuid:question_id>/answer")
@allow(Permission.PARENTAL_EDIT)
def answer_question(account_id: UUID, question_id: UUID) -> ResponseReturnValue:
    question, profile = queries.question_of(principal().account, question_id)
    form = AnswerForm()
    if form.validate():
        limits = Limits.of(current_app.config["SETTINGS"])
        try:
            given = actions.answer_question(
                question, profile, form.answer.data, by=principal().user, limits=limits
            )
        except RuleError as error:
            flash(error.message, "error")
            return redirect(url_for(".list_questions", account_id=account_id), 303)
        flash(_told(given))
    else:
        flash(_("Choose an answer."), "error")
    return redirect(url_for(".list_questions", account_id=account_id), 303)


def _told(given: actions.Answered) -> str:
    question = given.question
    if not given.is_first:
        return translate(_l("%(name)s has answered already."), name=question.answered_by)
    if question.answer == Answer.NO:
        return translate(_l("%(site)s stays closed."), site=question.shown)
    if question.open_until:
        return translate(
            _l("%(site)s opens until %(when)s and closes by itself."),
            site=question.shown,
            when=deadline(question.open_until),
        )
    return translate(_l("%(site)s always opens."), site=question.shown)


@bp.route("/profiles/<uuid:profile_id>/child-link", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
@freshly_proven
def show_link(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = parental.profile_of(principal().account, profile_id)
    if request.method == "POST":
        if request.form.get("act") == "revoke":
            actions.revoke_link(profile, by=principal().user)
            flash(_("The link opens nothing any more."))
        else:
            actions.renew_link(profile, key=_keys()[0], by=principal().user)
            flash(_("This is the new link; one that was given out before opens nothing any more."))
        return redirect(url_for(".show_link", account_id=account_id, profile_id=profile.id), 303)
    link = queries.link_of(profile)
    return render_template(
        "parental/asking/show_link.html",
        account_id=account_id,
        profile=profile,
        link=link,
        **_address(link),
    )


def _address(link: ChildLink | None) -> dict[str, Any]:
    """Return the link as text and as a picture; empty where it can't be made any more."""
    secret = secret_behind(link.secret_hash, link.id, _keys()) if link else None
    if secret is None:
        return {"address": "", "picture": ""}
    base_url = current_app.config["SETTINGS"].base_url
    address = base_url + url_for("child.show_child", secret=secret)
    return {"address": address, "picture": qr_code(address)}


def _keys() -> list[str]:
    settings = current_app.config["SETTINGS"]
    return [settings.secret_key, *settings.secret_key_fallbacks]
