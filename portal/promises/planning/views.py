"""The supervisor's pages: what is promised, its draft, and its versions."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import render_form
from portal.core.text import _l, today
from portal.core.text import gettext as _
from portal.promises import free_days
from portal.promises import queries as promises
from portal.promises.planning import actions, queries
from portal.promises.planning.comparing import lines
from portal.promises.planning.forms import (
    CalendarForm,
    LineForm,
    RebaseForm,
    ReleaseForm,
    SeenForm,
    calendar_values,
    line_values,
)
from portal.promises.planning.queries import Draft
from portal.promises.planning.showing import names, open_table, shown_calendars

NEW = "new"
_EMPTY = {"tz": "Asia/Almaty", "week": {}, "exceptions": {}}

bp = Blueprint("planning", __name__, url_prefix="/staff/promises")
bp.context_processor(names)


@bp.get("")
@allow(Permission.PROMISES_EDIT)
def list_versions() -> ResponseReturnValue:
    after = request.args.get("after")
    in_force = promises.version_in_force(clock.now())
    return render_form(
        "promises/planning/list_versions.html",
        SeenForm(formdata=None),
        page=queries.versions(after=after),
        after=after,
        in_force=in_force,
        policy=promises.policies([in_force])[in_force],
        draft=queries.draft(),
        opened=open_table(queries.open_promises()),
        rebasings=queries.rebasings(),
    )


@bp.route("/plan", methods=["GET", "POST"])
@allow(Permission.PROMISES_EDIT)
def release_plan() -> ResponseReturnValue:
    draft = queries.draft()
    form = ReleaseForm(data={"since": _first_day(draft), "seen": draft.seen})
    if form.validate_on_submit() and form.since.data:
        try:
            policy = actions.release(
                since=form.since.data,
                note=form.note.data or "",
                seen=form.seen.data or "",
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Version %(version)s is released.", version=policy.version))
            return redirect(url_for(".list_versions"), 303)
    return _plan_page(draft, form)


@bp.post("/plan/drop")
@allow(Permission.PROMISES_EDIT)
def drop_plan() -> ResponseReturnValue:
    form = SeenForm()
    if form.validate_on_submit():
        try:
            actions.drop_plan(seen=form.seen.data or "", by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The draft is thrown away. Nothing of it was in force."))
            return redirect(url_for(".list_versions"), 303)
    draft = queries.draft()
    again = ReleaseForm(formdata=None, data={"since": _first_day(draft), "seen": draft.seen})
    again.form_errors = [*form.form_errors]
    return _plan_page(draft, again)


@bp.route("/plan/lines/<int:place>", methods=["GET", "POST"])
@allow(Permission.PROMISES_EDIT)
def edit_line(place: int) -> ResponseReturnValue:
    draft = queries.draft()
    if place > len(draft.terms):
        raise NotFoundError
    row = draft.terms[place - 1] if place else None
    seen = {"seen": draft.seen}
    form = LineForm(draft.calendars, data=(line_values(row) if row else {}) | seen)
    is_removing = request.form.get("act") == "remove" and row is not None
    pressed = SeenForm() if is_removing else form
    if pressed.validate_on_submit():
        try:
            _save_line(place, form, is_removing=is_removing)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Saved in the draft. It counts after the release."))
            return redirect(url_for(".release_plan"), 303)
    return render_form(
        "promises/planning/edit_line.html",
        form,
        row=row,
        remove_form=SeenForm(formdata=None, data=seen),
    )


@bp.route("/plan/calendars/<string:name>", methods=["GET", "POST"])
@allow(Permission.PROMISES_EDIT)
def edit_calendar(name: str) -> ResponseReturnValue:
    draft = queries.draft()
    if name != NEW and name not in draft.calendars:
        raise NotFoundError
    body = draft.calendars.get(name, _EMPTY)
    form = CalendarForm(data=calendar_values(body) | {"seen": draft.seen, "name": name})
    if name != NEW:
        del form.name
    if form.validate_on_submit():
        try:
            _save_calendar(name, form, draft)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Saved in the draft. It counts after the release."))
            return redirect(url_for(".release_plan"), 303)
    return render_form(
        "promises/planning/edit_calendar.html",
        form,
        draft=draft,
        calendar_name=name,
        names_holidays=name == free_days.CALENDAR,
    )


@bp.route("/versions/<int:version>", methods=["GET", "POST"])
@allow(Permission.PROMISES_EDIT)
def show_version(version: int) -> ResponseReturnValue:
    row, form = queries.version_of(version), RebaseForm()
    if form.validate_on_submit():
        try:
            actions.ask_for_rebasing(version, reason=form.reason.data or "", by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Open promises are being put under version %(version)s.", version=version))
            return redirect(url_for(".list_versions"), 303)
    opened = queries.open_promises()
    return render_form(
        "promises/planning/show_version.html",
        form,
        row=row,
        policy=promises.policies([version])[version],
        is_in_force=version == promises.version_in_force(clock.now()),
        running=queries.running_rebasing(),
        opened=open_table([each for each in opened if each.version == version]),
        older=open_table([each for each in opened if each.version < version]),
        calendars=shown_calendars(queries.calendars_of(row)),
    )


def _plan_page(draft: Draft, form: ReleaseForm) -> Response:
    since = form.since.data or _first_day(draft)
    before = promises.policies([draft.base.version])[draft.base.version]
    was = queries.calendars_of(draft.base)
    changed = {name for name, body in draft.calendars.items() if was.get(name) != body}
    return render_form(
        "promises/planning/release_plan.html",
        form,
        draft=draft,
        lines=lines(before, draft.policy(since), draft.terms),
        calendars=shown_calendars(draft.calendars),
        changed_calendars=changed,
        opened=open_table(queries.open_promises()),
        drop_form=SeenForm(formdata=None, data={"seen": draft.seen}),
    )


def _save_line(place: int, form: LineForm, *, is_removing: bool) -> None:
    seen, by = form.seen.data or "", principal().user
    if is_removing:
        actions.remove_line(place, seen=seen, by=by)
    else:
        actions.save_line(place, form.row, seen=seen, by=by)


def _save_calendar(name: str, form: CalendarForm, draft: Draft) -> None:
    chosen = form.name.data if name == NEW else name
    if name == NEW and chosen in {*draft.calendars, NEW}:
        raise RuleError(_l("There is a calendar of this name already."), field="name")
    actions.save_calendar(chosen or "", form.read(), seen=form.seen.data or "", by=principal().user)


def _first_day(draft: Draft) -> Any:
    return max(today() + timedelta(days=1), draft.base.since_on)
