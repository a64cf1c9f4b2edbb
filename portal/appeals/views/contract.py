"""Appeals of a contract."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.appeals import actions, queries
from portal.appeals.forms import AppealForm, ReplyForm
from portal.appeals.knowledge import asking
from portal.appeals.margin import margin_of
from portal.appeals.models import Appeal, Draft
from portal.appeals.outages import queries as outages
from portal.appeals.outages import suggesting
from portal.appeals.states import AppealKind
from portal.appeals.views.blueprint import bp, check_pace, check_pace_of_reply
from portal.appeals.views.files import lead_to
from portal.appeals.views.live import (
    Seat,
    everything_of,
    is_live,
    news_of,
    page_of,
    refusal_of,
)
from portal.appeals.views.places import ContractPlace
from portal.core import clock, http
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import read_uuid, render_form
from portal.core.text import gettext as _


@bp.get("/a/<uuid:account_id>/appeals")
@allow(Permission.APPEALS_VIEW)
def list_appeals(account_id: UUID) -> ResponseReturnValue:
    after = request.args.get("after")
    page = queries.appeals_of(principal().account, after=after)
    return render_template(
        "appeals/list_appeals.html",
        page=page,
        promises=queries.next_promises(page.items),
        account_id=account_id,
        after=after,
        may_write=principal().may(Permission.APPEALS_WRITE),
        known=suggesting.known_here(account_id),
    )


@bp.route("/a/<uuid:account_id>/appeals/new", methods=["GET", "POST"])
@allow(Permission.APPEALS_WRITE)
@http.limit_body("import")
def file_appeal(account_id: UUID) -> ResponseReturnValue:
    draft = _own_draft(request.values.get("draft_id") or request.args.get("draft"))
    form = AppealForm(data=draft.content if draft else _asked())
    known = suggesting.known_here(account_id)
    is_asked = suggesting.must_ask(known, form.kind.data)
    if not (asking.is_asking() or is_asked) and form.validate_on_submit():
        try:
            if request.form.get("act") == "files":
                return redirect(_keep(account_id, form, draft))
            filed = _file(form, draft)
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(
                url_for(".show_appeal", account_id=account_id, appeal_id=filed.id, new=1)
            )
    page = render_form(
        "appeals/file_appeal.html",
        form,
        account_id=account_id,
        draft=draft,
        offered=asking.offered(),
        known=known,
        is_asked=is_asked,
    )
    return suggesting.as_question(page, is_asked=is_asked)


@bp.get("/a/<uuid:account_id>/appeals/<uuid:appeal_id>")
@allow(Permission.APPEALS_VIEW)
def show_appeal(account_id: UUID, appeal_id: UUID) -> ResponseReturnValue:
    appeal, joined = outages.appeal_with_outage(appeal_id, clock.now(), account=principal().account)
    draft = _own_draft(request.args.get("draft"))
    form = ReplyForm(data={"draft_id": draft.id, **draft.content} if draft else {})
    return _show(_seat(account_id, appeal, joined), form)


@bp.get("/a/<uuid:account_id>/appeals/<uuid:appeal_id>/news")
@allow(Permission.APPEALS_VIEW)
def show_news(account_id: UUID, appeal_id: UUID) -> ResponseReturnValue:
    appeal, joined = outages.appeal_with_outage(appeal_id, clock.now(), account=principal().account)
    return news_of(_seat(account_id, appeal, joined))


@bp.post("/a/<uuid:account_id>/appeals/<uuid:appeal_id>/reply")
@allow(Permission.APPEALS_WRITE)
@http.limit_body("import")
def reply_appeal(account_id: UUID, appeal_id: UUID) -> ResponseReturnValue:
    appeal = queries.appeal_of(principal().account, appeal_id, lock=True)
    form = ReplyForm()
    if form.validate_on_submit():
        try:
            led = _reply(account_id, appeal, form)
        except RuleError as error:
            form.refuse(error)
        else:
            return everything_of(_reread(account_id, appeal)) if is_live() else redirect(led)
    return refusal_of(form) if is_live() else _show(_reread(account_id, appeal), form)


@bp.post("/a/<uuid:account_id>/appeals/<uuid:appeal_id>/close")
@allow(Permission.APPEALS_WRITE)
def close_appeal(account_id: UUID, appeal_id: UUID) -> ResponseReturnValue:
    appeal = queries.appeal_of(principal().account, appeal_id, lock=True)
    actions.close_as_working(appeal, by=principal().user)
    flash(_("The appeal is closed. Thank you for telling us."))
    return redirect(url_for(".show_appeal", account_id=account_id, appeal_id=appeal.id))


@bp.post("/a/<uuid:account_id>/appeals/<uuid:appeal_id>/withdraw")
@allow(Permission.APPEALS_WRITE)
def withdraw_appeal(account_id: UUID, appeal_id: UUID) -> ResponseReturnValue:
    appeal = queries.appeal_of(principal().account, appeal_id, lock=True)
    actions.withdraw(appeal, by=principal().user)
    flash(_("You have withdrawn the appeal. Nobody works on it any more."))
    return redirect(url_for(".show_appeal", account_id=account_id, appeal_id=appeal.id))


@bp.get("/a/<uuid:account_id>/appeals/<uuid:appeal_id>/files/<uuid:attachment_id>")
@allow(Permission.APPEALS_VIEW)
def download_file(
    account_id: UUID,  # noqa: ARG001 - its membership is checked before
    appeal_id: UUID,
    attachment_id: UUID,
) -> ResponseReturnValue:
    return lead_to(queries.appeal_of(principal().account, appeal_id), attachment_id)


def _asked() -> dict[str, str]:
    """Return what the link that led here fills in."""
    asked = {"about_id": request.args.get("about", "")}
    if (kind := request.args.get("kind", "")) in list(AppealKind):
        asked["kind"] = kind
    return asked


def _own_draft(raw: str | None) -> Draft | None:
    draft_id = read_uuid(raw)
    return queries.draft_of(principal().account, principal().user, draft_id) if draft_id else None


def _keep(account_id: UUID, form: AppealForm, draft: Draft | None) -> str:
    if draft is None:
        check_pace(f"draft:{principal().user.id}")
    kept = actions.save_draft(
        draft, content=form.content, account_id=account_id, user_id=principal().user.id
    )
    return url_for(".add_files", account_id=account_id, draft_id=kept.id)


def _file(form: AppealForm, draft: Draft | None) -> Appeal:
    return file_of_contract(form.content, draft)


def file_of_contract(content: dict[str, str], draft: Draft | None) -> Appeal:
    """File an appeal of the contract in the URL. Raises RuleError as the action does."""
    who = principal()
    check_pace(str(who.user.id))
    about = read_uuid(content.get("about_id"))
    filed = actions.file_appeal(
        actions.Writer(who.user.name, who.user.email, who.user.language, who.user, who.account),
        kind=AppealKind(content["kind"]),
        subject=content["subject"],
        body=content["body"],
        draft=draft,
        follows=queries.appeal_of(who.account, about) if about else None,
    )
    return filed.appeal


def _reply(account_id: UUID, appeal: Appeal, form: ReplyForm) -> str:
    draft = _own_draft(form.draft_id.data)
    if request.form.get("act") == "files":
        if draft is None:
            check_pace(f"draft:{principal().user.id}")
        kept = actions.save_draft(
            draft,
            content={"body": form.body.data},
            account_id=account_id,
            user_id=principal().user.id,
            appeal_id=appeal.id,
        )
        return url_for(".add_files", account_id=account_id, draft_id=kept.id)
    check_pace_of_reply(appeal, principal().user)
    actions.reply(appeal, body=form.body.data or "", by=principal().user, draft=draft)
    if not is_live():
        flash(_("Your message is sent."))
    return url_for(".show_appeal", account_id=account_id, appeal_id=appeal.id)


def _reread(account_id: UUID, appeal: Appeal) -> Seat:
    return _seat(account_id, appeal, outages.joined_of(appeal, clock.now()))


def _seat(account_id: UUID, appeal: Appeal, joined: outages.Joined | None) -> Seat:
    return Seat(
        ContractPlace(account_id, appeal),
        user=principal().user,
        may_write=principal().may(Permission.APPEALS_WRITE),
        margin=margin_of(appeal),
        joined=joined,
    )


def _show(seat: Seat, form: ReplyForm) -> ResponseReturnValue:
    return render_form(
        "appeals/show_appeal.html",
        form,
        **page_of(seat),
        account_id=seat.appeal.account_id,
        is_new="new" in request.args,
    )
