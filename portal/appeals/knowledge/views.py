"""Questions and answers: pages for everybody, the editors' desk, and answers while one writes."""

from typing import cast
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.appeals.knowledge import actions, asking, queries
from portal.appeals.knowledge.forms import TAGS, AnswerForm, VoteForm, answer_values
from portal.appeals.knowledge.models import Answer, Tag
from portal.config import Settings
from portal.core import db
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import read_uuid, render_form
from portal.core.markdown import excerpt_of, html_of
from portal.core.text import _l, is_storable, language
from portal.core.text import gettext as _

bp = Blueprint("knowledge", __name__)
bp.add_app_template_filter(excerpt_of, "excerpt")

_DONE = {
    "save": _l("The draft is saved. Readers do not see it yet."),
    "publish": _l("Readers see it now, and searches find it."),
    "withdraw": _l("Readers do not see it any more."),
    "delete": _l("The draft is deleted."),
}
_LONGEST_QUERY = 200


@bp.get("/answers")
@allow(Permission.PUBLIC)
def list_answers() -> ResponseReturnValue:
    typed, tag = _typed(), request.args.get("tag", "")
    if typed:
        found = queries.search(typed)
        if found.is_in_vain:
            _note_vain(typed)
        return _list_page(typed=typed, found=found)
    chosen = Tag(tag) if tag in list(Tag) else None
    after = request.args.get("after")
    return _list_page(page=queries.published(tag=chosen, after=after), tag=chosen, after=after)


@bp.route("/answers/<uuid:answer_id>", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def show_answer(answer_id: UUID) -> ResponseReturnValue:
    answer = queries.published_answer(answer_id)
    form = VoteForm()
    if form.validate_on_submit():
        return _vote(answer, form)
    text = answer.shown_to(language())
    return render_form(
        "appeals/knowledge/show_answer.html",
        form,
        answer=answer,
        text=text,
        body=html_of(text.body, base_url=_base_url()),
        has_voted=_has_voted(answer),
        tags=TAGS,
    )


@bp.post("/answers/suggestions")
@allow(Permission.PUBLIC)
def suggest_answers() -> ResponseReturnValue:
    """Answer the form of an appeal with what may spare it, while it is being written."""
    return render_template("appeals/knowledge/_offered.html", offered=asking.offered_live())


@bp.route("/staff/answers", methods=["GET", "POST"])
@allow(Permission.KNOWLEDGE_EDIT)
def list_drafts() -> ResponseReturnValue:
    if request.method == "POST":
        if vain_id := read_uuid(request.form.get("forget")):
            actions.forget_vain_search(vain_id)
        return redirect(url_for(".list_drafts"), 303)
    after = request.args.get("after")
    page = queries.answers_of_desk(after=after)
    return render_template(
        "appeals/knowledge/list_drafts.html",
        page=page,
        after=after,
        figures=queries.figures_of(page.items),
        vain=queries.vain_searches(),
    )


@bp.route("/staff/answers/new", methods=["GET", "POST"], defaults={"answer_id": None})
@bp.route("/staff/answers/<uuid:answer_id>", methods=["GET", "POST"])
@allow(Permission.KNOWLEDGE_EDIT)
def edit_answer(answer_id: UUID | None) -> ResponseReturnValue:
    answer = queries.answer_of_desk(answer_id) if answer_id else None
    form = AnswerForm(data=answer_values(answer) if answer else _asked_in_vain())
    if form.validate_on_submit():
        try:
            return _edit(answer, form)
        except RuleError as error:
            form.refuse(error)
    return render_form("appeals/knowledge/edit_answer.html", form, answer=answer, **_about(answer))


def _note_vain(typed: str) -> None:
    db.let_go()  # Noting takes a connection of its own.
    if asking.may_ask():
        actions.note_vain_search(typed, language())


def _typed() -> str:
    typed = request.args.get("q", "").strip()[:_LONGEST_QUERY]
    return typed if is_storable(typed) else ""


def _list_page(**shown: object) -> str:
    known: dict[str, object] = {"typed": "", "found": None, "page": None, "tag": None}
    known |= {"after": None, "tags": TAGS}
    return render_template("appeals/knowledge/list_answers.html", **known | shown)


def _vote(answer: Answer, form: VoteForm) -> ResponseReturnValue:
    pressed = request.form.get("vote", "")
    if pressed in {"yes", "no", "ended"} and asking.may_ask():
        opinion = actions.Opinion(
            is_helpful=pressed != "no",
            ended_appeal=pressed == "ended",
            comment=form.comment.data or "",
        )
        _thank(answer, opinion)
    return redirect(url_for(".show_answer", answer_id=answer.id), 303)


def _thank(answer: Answer, opinion: actions.Opinion) -> None:
    is_first = actions.vote(answer, opinion, voter=asking.voter(make=True), language=language())
    if opinion.ended_appeal:
        flash(_("Good. Your appeal was not sent, and nothing of it is kept by this press."))
    elif is_first:
        flash(_("Thank you: this tells us which answers to mend."))
    else:
        flash(_("You have told us already. Your first word counts."), "error")


def _has_voted(answer: Answer) -> bool:
    mark = asking.voter(make=False)
    return bool(mark) and queries.has_voted(answer, mark)


def _edit(answer: Answer | None, form: AnswerForm) -> ResponseReturnValue:
    act, by = request.form.get("act", "save"), principal().user
    if answer is None:
        answer = _create(form)
    else:
        answer.check_seen(form.seen)
        if act in {"save", "publish"}:
            actions.write_answer(answer, form.words, **form.facts, by=by)
    if then := _THEN.get(act):
        then(answer, by=by)
    flash(str(_DONE.get(act, _DONE["save"])))
    if act == "delete":
        return redirect(url_for(".list_drafts"), 303)
    return redirect(url_for(".edit_answer", answer_id=answer.id), 303)


_THEN = {
    "publish": actions.publish_answer,
    "withdraw": actions.withdraw_answer,
    "delete": actions.delete_answer,
}


def _create(form: AnswerForm) -> Answer:
    answer = actions.create_answer(form.words, **form.facts, by=principal().user)
    if vain_id := read_uuid(form.vain.data):
        actions.forget_vain_search(vain_id)
    return answer


def _asked_in_vain() -> dict[str, object]:
    """Return what the editor begins with: the words that were searched for."""
    if (vain_id := read_uuid(request.args.get("vain"))) is None:
        return {}
    vain = queries.vain_search(vain_id)
    return {"vain": str(vain.id), f"question_{vain.language}": vain.words}


def _about(answer: Answer | None) -> dict[str, object]:
    if answer is None:
        return {"figures": queries.Figures(), "comments": [], "bodies": {}}
    return {
        "figures": queries.figures_of([answer])[answer.id],
        "comments": queries.comments_on(answer),
        "bodies": {
            code: html_of(text.body, base_url=_base_url()) for code, text in answer.newest.items()
        },
    }


def _base_url() -> str:
    return cast(Settings, current_app.config["SETTINGS"]).base_url
