"""Filing an appeal without a sign-in."""

from uuid import UUID

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal.accounts.access import visitor
from portal.appeals import actions, queries
from portal.appeals.forms import PublicAppealForm
from portal.appeals.knowledge import asking
from portal.appeals.models import Draft
from portal.appeals.outages import queries as outage_queries
from portal.appeals.outages import suggesting
from portal.appeals.outages.actions import Wish, follow_publicly
from portal.appeals.states import AppealKind
from portal.appeals.views.blueprint import bp, check_pace
from portal.appeals.views.following import followed
from portal.core import db, http, text, throttle
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.forms import read_uuid, render_form

_BEGUN = "begun_appeals"
_MOST_BEGUN = 5


@bp.route("/appeals/new", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
@http.limit_body("import")
def file_publicly() -> ResponseReturnValue:
    if account_id := _own_account():
        return redirect(url_for(".file_appeal", account_id=account_id))
    secret, draft = _begun()
    begun = draft.content if draft else _asked()
    form = PublicAppealForm(data=begun)
    known = suggesting.known_there(form.city.data)
    is_asked = suggesting.must_ask(known, form.kind.data)
    if not (asking.is_asking() or is_asked) and form.validate_on_submit():
        try:
            if request.form.get("act") == "files":
                return redirect(_keep(form, draft, secret))
            file_of_nobody(
                form.content, secret=secret, draft=draft, outage_id=suggesting.chosen_outage()
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return redirect(url_for(".show_tracked", secret=secret, new=1))
    page = render_form(
        "appeals/file_publicly.html",
        form,
        draft=draft,
        offered=asking.offered(),
        known=known,
        is_asked=is_asked,
    )
    return suggesting.as_question(page, is_asked=is_asked)


def file_of_nobody(
    content: dict[str, str], *, secret: str, draft: Draft | None, outage_id: UUID | None = None
) -> None:
    """File an appeal of somebody without an account, or follow an outage with it.

    Raises RuleError as the action does.
    """
    check_pace(throttle.origin(request.remote_addr), is_public=True)
    writer = actions.Writer(content["name"], content["email"], content["language"], secret=secret)
    if outage_id:
        outage = outage_queries.locked_outage(outage_id)
        wish = Wish(content["subject"], content["body"], draft)
        follow_publicly(writer, outage, wish)
        return
    actions.file_appeal(
        writer,
        kind=AppealKind(content["kind"]),
        subject=content["subject"],
        body=content["body"],
        draft=draft,
        follows=followed(content.get("about_id") or ""),
    )


def _asked() -> dict[str, str]:
    """Return what the link that led here fills in."""
    named = {"language": text.language(), "about_id": request.args.get("about", "")}
    return named | suggesting.asked()


def _own_account() -> UUID | None:
    """Return the first contract of who is signed in; staff write as anybody."""
    who = visitor()
    if who is None or who.is_only_staff or not who.memberships:
        return None
    return who.memberships[0].account_id


def held_draft(secret: str, draft_id: UUID) -> Draft:
    """Return a draft behind its secret, in the browser that began it.

    Somebody who lures another to a draft of his own would otherwise read what that one files.
    A reply belongs to an appeal, whose receipt both must have anyway. Raises NotFoundError.
    """
    draft = queries.draft_by_secret(secret, draft_id)
    if draft.appeal_id is None and secret not in cookie.get(_BEGUN, []):
        raise NotFoundError
    return draft


def _begun() -> tuple[str, Draft | None]:
    """Return the secret and the draft that the URL names, or a new secret."""
    draft_id = read_uuid(request.args.get("draft"))
    if draft_id is None:
        return actions.new_secret(), None
    secret = request.args.get("secret", "")
    return secret, held_draft(secret, draft_id)


def _keep(form: PublicAppealForm, draft: Draft | None, secret: str) -> str:
    """Save the draft; a new one counts. Raises RuleError if very many were begun from there."""
    if draft is None:
        check_pace(f"draft:{throttle.origin(request.remote_addr)}", is_public=True)
    digest = db.digest(secret)
    db.see(token=digest)
    kept = actions.save_draft(draft, content=form.content, secret_hash=digest)
    cookie[_BEGUN] = [*cookie.get(_BEGUN, []), secret][-_MOST_BEGUN:]
    return url_for(".add_files_publicly", secret=secret, draft_id=kept.id)
