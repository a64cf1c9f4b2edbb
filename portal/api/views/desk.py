"""The administrator's page: who reads and writes, who is told, and what did not arrive."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import freshly_proven, principal
from portal.api import actions, queries
from portal.api.forms import SCOPES, ActForm, TokenForm, WebhookForm
from portal.api.models import Scope, Webhook
from portal.api.views.blueprint import bp, settings
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import read_uuid, render_form
from portal.core.text import gettext as _


@bp.get("/staff/feed")
@allow(Permission.FEED_MANAGE)
def show_feed() -> ResponseReturnValue:
    return _page(TokenForm(), WebhookForm())


@bp.post("/staff/feed/tokens")
@allow(Permission.FEED_MANAGE)
@freshly_proven
def make_token() -> ResponseReturnValue:
    form = TokenForm()
    if form.validate_on_submit():
        try:
            _token, secret = actions.open_to(
                form.system.data or "",
                scopes={Scope(each) for each in form.scopes.data or ()},
                days=form.days.data or 0,
                speaks_for=queries.colleague(form.speaks_for.data or ""),
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return _secret(_("The token of %(system)s", system=form.system.data), secret)
    return _page(form, WebhookForm(formdata=None))


@bp.post("/staff/feed/tokens/<uuid:token_id>/revoke")
@allow(Permission.FEED_MANAGE)
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    token = queries.token_of(token_id)
    actions.revoke(token, by=principal().user)
    flash(_("The token of %(system)s opens nothing any more.", system=token.system))
    return redirect(url_for(".show_feed"), 303)


@bp.post("/staff/feed/receivers")
@allow(Permission.FEED_MANAGE)
@freshly_proven
def subscribe() -> ResponseReturnValue:
    form = WebhookForm()
    if form.validate_on_submit():
        try:
            webhook, secret = actions.subscribe(
                form.name.data or "",
                url=form.url.data or "",
                types=form.types.data or (),
                settings=settings(),
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            return _secret(_("The secret of %(name)s", name=webhook.name), secret)
    return _page(TokenForm(formdata=None), form)


@bp.route("/staff/feed/receivers/<uuid:webhook_id>", methods=["GET", "POST"])
@allow(Permission.FEED_MANAGE)
def show_webhook(webhook_id: UUID) -> ResponseReturnValue:
    webhook, form = queries.webhook_of(webhook_id), ActForm()
    if form.validate_on_submit():
        return _act(webhook, form)
    after = request.args.get("after")
    page = queries.dead_letters(webhook.id, after=after)
    return render_template(
        "api/show_webhook.html",
        webhook=webhook,
        standing=queries.standings()[webhook.id],
        page=page,
        after=after,
        events=queries.events_by_id(page.items),
    )


def _act(webhook: Webhook, form: ActForm) -> ResponseReturnValue:
    """Do what was pressed. What is no button of ours is not found."""
    by, one = principal().user, read_uuid(form.delivery.data)
    told = {
        "pause": _("Nothing is sent until you go on; nothing is lost meanwhile."),
        "resume": _("It goes on now."),
        "end": _("This receiver is told nothing any more."),
        "replay": _("What was given up is sent again now."),
    }
    if one or form.act.data == "replay":
        actions.replay(webhook, delivery_id=one, by=by)
    elif form.act.data in ("pause", "resume", "end"):
        {"pause": actions.pause, "resume": actions.resume, "end": actions.end}[form.act.data](
            webhook, by=by
        )
    else:
        abort(404)
    flash(told["replay" if one else form.act.data or ""])
    is_over = webhook.ended_at is not None
    target = url_for(".show_feed") if is_over else url_for(".show_webhook", webhook_id=webhook.id)
    return redirect(target, 303)


def _page(token_form: TokenForm, webhook_form: WebhookForm) -> Response:
    refused: Any = token_form if token_form.is_refused else webhook_form
    return render_form(
        "api/show_feed.html",
        refused,
        token_form=token_form,
        webhook_form=webhook_form,
        tokens=queries.tokens(),
        webhooks=queries.webhooks(),
        scopes=SCOPES,
    )


def _secret(what: str, secret: str) -> str:
    """Show a secret, this once: it is not kept, so there is nothing to lead to."""
    return render_template("api/show_secret.html", what=what, secret=secret)
