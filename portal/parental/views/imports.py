"""Taking over a list: load it, look at what it changes, agree; undo."""

from contextlib import closing
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.accounts.access import principal
from portal.core import clock, http
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import read_uuid, render_form
from portal.core.text import Marked, _l, ngettext, translate
from portal.parental import actions, queries
from portal.parental.forms import FORMAT_NAMES, LONGEST_LIST_TEXT, ConfirmForm, ImportForm
from portal.parental.lists import LARGEST_LIST, Format, text_of
from portal.parental.models import ListImport, Profile
from portal.parental.sites import excerpt
from portal.parental.views.blueprint import bp, limits, profile_here


@bp.route("/profiles/<uuid:profile_id>/import", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
@http.limit_body("import")
def import_list(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    again = _read_again(profile)
    form = _import_form(again)
    if form.validate_on_submit():
        try:
            prepared = actions.prepare_import(
                profile,
                source=_source(form, again),
                reader=actions.Reader(form.action.data, form.format),
                limits=limits(),
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return _to_import(account_id, profile_id, prepared.id)
    return render_form(
        "parental/import_list.html",
        form,
        account_id=account_id,
        profile=profile,
        again=again,
        undoable=queries.undoable_imports(profile),
    )


def _read_again(profile: Profile) -> ListImport | None:
    """Return the list that the reader wants to read in another way, if its text is kept."""
    again = read_uuid(request.args.get("again"))
    try:
        found = queries.import_of(profile, again) if again else None
    except NotFoundError:
        return None
    return found if found and found.content else None


def _import_form(again: ListImport | None) -> ImportForm:
    if again is None:
        return ImportForm()
    return ImportForm(
        data={
            "action": again.action,
            "written_as": again.written_as or "",
            "text": "" if _is_whole_file(again) else again.content,
        }
    )


def _is_whole_file(kept: ListImport) -> bool:
    return bool(kept.source) or len(kept.content or "") > LONGEST_LIST_TEXT


def _source(form: ImportForm, again: ListImport | None) -> actions.Source:
    """Return the list that was sent: the file before the text before the one that was kept.

    Raises RuleError without any.
    """
    file = form.file.data
    if isinstance(file, FileStorage) and file.filename:
        with closing(file):
            content = file.read(LARGEST_LIST + 1)
        return actions.Source(text_of(content), excerpt(file.filename))
    if form.text.data:
        return actions.Source(form.text.data)
    if again and _is_whole_file(again):
        return actions.Source(again.content or "", again.source)
    raise RuleError(_l("Choose a file or paste a list."), field="file")


def _to_import(account_id: UUID, profile_id: UUID, import_id: UUID) -> ResponseReturnValue:
    return redirect(
        url_for(".review_import", account_id=account_id, profile_id=profile_id, import_id=import_id)
    )


@bp.route("/profiles/<uuid:profile_id>/imports/<uuid:import_id>", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def review_import(account_id: UUID, profile_id: UUID, import_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    prepared = queries.import_of(profile, import_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            count = actions.confirm_import(profile, import_id, by=principal().user, limits=limits())
        except RuleError as error:
            form.refuse(error)
        else:
            flash(ngettext("%(num)s site is taken over.", "%(num)s sites are taken over.", count))
            return _to_import(account_id, profile_id, import_id)
    return render_form(
        "parental/review_import.html",
        form,
        account_id=account_id,
        profile=profile,
        prepared=prepared,
        refused=_refused(prepared),
        fault=_fault(prepared),
        format_name=FORMAT_NAMES[Format(prepared.format)] if prepared.format else "",
        now=clock.now(),
    )


def _refused(prepared: ListImport) -> list[tuple[int, str, str]]:
    """Return line, text and reason, in the reader's language, of the refused lines."""
    return [
        (line, text, translate(Marked(message), **values))
        for line, text, message, values in prepared.samples.get("refused", [])
    ]


def _fault(prepared: ListImport) -> str:
    """Return why the whole list is refused, in the reader's language; "" if it is not."""
    if prepared.fault is None:
        return ""
    message, values = prepared.fault
    return translate(Marked(message), **values)


@bp.route("/profiles/<uuid:profile_id>/imports/<uuid:import_id>/progress")
@allow(Permission.PARENTAL_EDIT)
def show_reading(account_id: UUID, profile_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """Answer the page's question how far the worker is; a whole page when it is done."""
    prepared = queries.import_of(profile_here(profile_id), import_id)
    if "HX-Request" not in request.headers:
        return _to_import(account_id, profile_id, import_id)
    page = render_template("parental/_reading.html", account_id=account_id, prepared=prepared)
    response = make_response(page)
    if not prepared.is_being_read:
        response.headers["HX-Refresh"] = "true"
        return response
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/profiles/<uuid:profile_id>/imports/<uuid:import_id>/undo")
@allow(Permission.PARENTAL_EDIT)
def undo_import(account_id: UUID, profile_id: UUID, import_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    try:
        count = actions.undo_import(profile, import_id, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(ngettext("%(num)s site is out again.", "%(num)s sites are out again.", count))
    return _to_import(account_id, profile_id, import_id)
