"""An appeal that somebody told a specialist: by phone, at the office, anywhere."""

from dataclasses import replace
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.appeals import actions as appeals
from portal.appeals import queries as appeal_queries
from portal.appeals.states import AppealKind, Channel, Proof
from portal.core import clock, http, text
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.staff import actions
from portal.staff.asked import read_asked
from portal.staff.forms import RegisterForm
from portal.staff.forms.answering import chosen_files
from portal.staff.queries import contacts
from portal.staff.views.blueprint import bp

_HANDED = "receipt_to_hand_over"


@bp.route("/register", methods=["GET", "POST"])
@allow(Permission.DESK_WORK)
@http.limit_body("file")
def register_appeal() -> ResponseReturnValue:
    asked = read_asked(request.args.get("q", ""))
    known = contacts.known_contacts(asked)
    actions.note_lookup(known.accounts, by=principal().user)
    form = RegisterForm(data=_suggested(known))
    if form.validate_on_submit():
        try:
            filed = _register(form)
        except RuleError as error:
            form.refuse(error)
        else:
            cookie[_HANDED] = [str(filed.appeal.id), filed.secret]
            return redirect(url_for(".hand_over_receipt", appeal_id=filed.appeal.id))
    return render_form("staff/register_appeal.html", form, asked=asked, known=known)


@bp.get("/registered/<uuid:appeal_id>")
@allow(Permission.DESK_WORK)
def hand_over_receipt(appeal_id: UUID) -> ResponseReturnValue:
    """Show number and key of the receipt to whoever registered it, once."""
    appeal = appeal_queries.appeal_for_staff(appeal_id)
    handed_id, secret = cookie.pop(_HANDED, ("", None))
    is_mine = handed_id == str(appeal_id)
    return render_template(
        "staff/hand_over_receipt.html", appeal=appeal, secret=secret if is_mine else None
    )


def _register(form: RegisterForm) -> appeals.Filed:
    by = principal().user
    with appeals.enclosed(chosen_files(form.files), by=by) as draft:
        return actions.register(replace(_told(form), draft=draft), by=by)


def _told(form: RegisterForm) -> actions.Told:
    return actions.Told(
        channel=Channel(form.channel.data),
        received_at=form.received_instant,
        kind=AppealKind(form.kind.data),
        subject=form.subject.data or "",
        body=form.body.data or "",
        name=form.name.data or "",
        address=form.address.data or "",
        language=form.language.data,
        contract=form.contract.data or "",
        proof=Proof(form.proof.data) if form.proof.data else None,
    )


def _suggested(known: contacts.Known) -> dict[str, object]:
    """Return what the form begins with: now, and the contact that was picked."""
    picked = next((c for c in known.contacts if str(c.id) == request.args.get("contact")), None)
    suggested: dict[str, object] = {"received_at": text.local(clock.now()).replace(tzinfo=None)}
    if picked:
        suggested |= {
            "name": picked.name, "address": picked.address, "language": picked.language,
        }  # fmt: skip
    return suggested
