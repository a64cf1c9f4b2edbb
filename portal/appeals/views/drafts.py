"""The second page of a message: its files, one per request, and sending it."""

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.accounts.access import principal
from portal.appeals import actions, queries
from portal.appeals.forms import FileForm
from portal.appeals.models import MOST_FILES, Draft
from portal.appeals.outages import suggesting
from portal.appeals.views.blueprint import bp, check_pace, check_pace_of_reply
from portal.appeals.views.contract import file_of_contract
from portal.appeals.views.places import DraftPlace
from portal.appeals.views.public import file_of_nobody, held_draft
from portal.core import http, throttle
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _


@bp.route("/a/<uuid:account_id>/appeals/drafts/<uuid:draft_id>", methods=["GET", "POST"])
@allow(Permission.APPEALS_WRITE)
@http.limit_body("file")
def add_files(account_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    draft = _own_draft(draft_id)
    return _add_files("appeals/add_files.html", DraftPlace(draft, account_id=account_id))


@bp.post("/a/<uuid:account_id>/appeals/drafts/<uuid:draft_id>/send")
@allow(Permission.APPEALS_WRITE)
def send_draft(account_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    draft = _own_draft(draft_id)
    place = DraftPlace(draft, account_id=account_id)
    if _must_ask(place):
        return _ask("appeals/add_files.html", place)
    try:
        if draft.appeal_id is None:
            appeal = file_of_contract(draft.content, draft)
            return redirect(
                url_for(".show_appeal", account_id=account_id, appeal_id=appeal.id, new=1)
            )
        appeal = queries.appeal_of(principal().account, draft.appeal_id, lock=True)
        check_pace_of_reply(appeal, principal().user)
        actions.reply(appeal, body=draft.content["body"], by=principal().user, draft=draft)
    except RuleError as error:
        return _refuse("appeals/add_files.html", place, error)
    flash(_("Your message is sent."))
    return redirect(url_for(".show_appeal", account_id=account_id, appeal_id=appeal.id))


@bp.post("/a/<uuid:account_id>/appeals/drafts/<uuid:draft_id>/files/<uuid:attachment_id>/remove")
@allow(Permission.APPEALS_WRITE)
def remove_file(account_id: UUID, draft_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    actions.detach_file(_own_draft(draft_id), attachment_id)
    return redirect(url_for(".add_files", account_id=account_id, draft_id=draft_id))


@bp.route("/appeals/drafts/<string:secret>/<uuid:draft_id>", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
@http.limit_body("file")
def add_files_publicly(secret: str, draft_id: UUID) -> ResponseReturnValue:
    draft = held_draft(secret, draft_id)
    return _add_files("appeals/add_files_publicly.html", DraftPlace(draft, secret=secret))


@bp.post("/appeals/drafts/<string:secret>/<uuid:draft_id>/send")
@allow(Permission.PUBLIC)
def send_draft_publicly(secret: str, draft_id: UUID) -> ResponseReturnValue:
    draft = held_draft(secret, draft_id)
    place = DraftPlace(draft, secret=secret)
    if _must_ask(place):
        return _ask("appeals/add_files_publicly.html", place)
    try:
        if draft.appeal_id is None:
            outage_id = suggesting.chosen_outage()
            file_of_nobody(draft.content, secret=secret, draft=draft, outage_id=outage_id)
            return redirect(url_for(".show_tracked", secret=secret, new=1))
        appeal = queries.appeal_by_secret(secret, lock=True)
        check_pace(appeal.number, is_public=True)
        actions.reply(appeal, body=draft.content["body"], by=None, draft=draft)
    except RuleError as error:
        return _refuse("appeals/add_files_publicly.html", place, error)
    flash(_("Your message is sent."))
    return redirect(url_for(".show_tracked", secret=secret))


@bp.post("/appeals/drafts/<string:secret>/<uuid:draft_id>/files/<uuid:attachment_id>/remove")
@allow(Permission.PUBLIC)
def remove_file_publicly(secret: str, draft_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    actions.detach_file(held_draft(secret, draft_id), attachment_id)
    return redirect(url_for(".add_files_publicly", secret=secret, draft_id=draft_id))


def _own_draft(draft_id: UUID) -> Draft:
    return queries.draft_of(principal().account, principal().user, draft_id)


def _add_files(template: str, place: DraftPlace) -> ResponseReturnValue:
    form = FileForm()
    if form.validate_on_submit():
        try:
            _attach(place.draft, form.file.data)
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(place.files_url)
    return _page(template, form, place)


def _attach(draft: Draft, upload: FileStorage) -> None:
    actions.attach_file(
        draft,
        stream=upload.stream,
        name=upload.filename or "",
        sender=throttle.origin(request.remote_addr),
    )


def _refuse(template: str, place: DraftPlace, error: RuleError) -> ResponseReturnValue:
    form = FileForm(formdata=None)
    form.refuse(error)
    return _page(template, form, place)


def _must_ask(place: DraftPlace) -> bool:
    known = suggesting.known_for(place.draft, place.account_id)
    return suggesting.must_ask(known, place.draft.content.get("kind"))


def _ask(template: str, place: DraftPlace) -> Response:
    page = _page(template, FileForm(formdata=None), place, is_asked=True)
    return suggesting.as_question(page, is_asked=True)


def _page(template: str, form: FileForm, place: DraftPlace, *, is_asked: bool = False) -> Response:
    return render_form(
        template,
        form,
        place=place,
        most=MOST_FILES,
        known=suggesting.known_for(place.draft, place.account_id),
        is_asked=is_asked,
    )
