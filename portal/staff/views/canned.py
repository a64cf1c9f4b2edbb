"""The page of the canned replies."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.staff import actions
from portal.staff.fields import FIELDS
from portal.staff.forms import CannedForm
from portal.staff.queries import canned
from portal.staff.views.blueprint import bp


@bp.get("/canned")
@allow(Permission.DESK_SUPERVISE)
def list_canned() -> ResponseReturnValue:
    return render_template("staff/list_canned.html", replies=canned.canned_replies())


@bp.route("/canned/new", methods=["GET", "POST"], defaults={"reply_id": None})
@bp.route("/canned/<uuid:reply_id>", methods=["GET", "POST"])
@allow(Permission.DESK_SUPERVISE)
def edit_canned(reply_id: UUID | None) -> ResponseReturnValue:
    reply = canned.canned_reply(reply_id) if reply_id else None
    form = CannedForm(data={"name": reply.name, **reply.texts} if reply else None)
    if form.validate_on_submit():
        try:
            actions.save_reply(
                reply, name=form.name.data or "", texts=form.texts, by=principal().user
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".list_canned"))
    return render_form("staff/edit_canned.html", form, reply=reply, fields=FIELDS)


@bp.post("/canned/<uuid:reply_id>/remove")
@allow(Permission.DESK_SUPERVISE)
def remove_canned(reply_id: UUID) -> ResponseReturnValue:
    actions.remove_reply(canned.canned_reply(reply_id), by=principal().user)
    flash(_("Removed."))
    return redirect(url_for(".list_canned"))
