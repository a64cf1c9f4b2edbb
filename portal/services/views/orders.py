"""Orders: how far they are, and what became of them."""

from datetime import datetime
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import _l, language, local, today, translate
from portal.services import actions, queries
from portal.services.forms import ConfirmForm
from portal.services.history import history_of
from portal.services.models import Order
from portal.services.presenting import Sums, sums_of
from portal.services.progress import (
    badge_of,
    kept_of,
    reason_of,
    steps_of,
    title_of_order,
    version_of,
    withdrawal_end,
)
from portal.services.states import LABELS, OrderState
from portal.services.views.blueprint import bp
from portal.services.visits.showing import VisitCard, card_of

_CANCELLED = _l("The order is cancelled. Nothing has changed.")
_CANCELLING = _l("The order is being cancelled: we tell you when it is done.")


@bp.get("/a/<uuid:account_id>/services/orders")
@allow(Permission.SERVICES_VIEW)
def list_orders(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    after = request.args.get("after")
    page = queries.orders_page(principal().account, after=after)
    return render_template(
        "services/list_orders.html",
        page=page,
        after=after,
        badges={order.id: badge_of(order) for order in page},
        titles={order.id: title_of_order(order) for order in page},
        labels=LABELS,
    )


@bp.get("/a/<uuid:account_id>/services/orders/<uuid:order_id>")
@allow(Permission.SERVICES_VIEW)
def show_order(account_id: UUID, order_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    order = queries.order_of(principal().account, order_id)
    return _order_page(order, ConfirmForm(formdata=None))


@bp.get("/a/<uuid:account_id>/services/orders/<uuid:order_id>/progress")
@allow(Permission.SERVICES_VIEW)
def show_progress(account_id: UUID, order_id: UUID) -> ResponseReturnValue:
    """Answer the page's question whether anything is new: 304 while nothing is."""
    order = queries.order_of(principal().account, order_id)
    if "HX-Request" not in request.headers:
        return redirect(url_for(".show_order", account_id=account_id, order_id=order.id), 303)
    shown = _context(order)
    response = make_response(render_template("services/_progress.html", **shown))
    visit = shown["visit_card"]
    mark = visit.mark if isinstance(visit, VisitCard) else ""
    response.set_etag(f"{version_of([order])}-{language()}-{_may_cancel(order)}-{mark}")
    response.headers["Cache-Control"] = "private, no-cache"
    has_button = "cancellable" in request.args
    if order.is_ended or has_button != _may_cancel(order):
        response.headers["HX-Refresh"] = "true"
    return response.make_conditional(request)


@bp.post("/a/<uuid:account_id>/services/orders/<uuid:order_id>/cancel")
@allow(Permission.SERVICES_ORDER)
def cancel_order(account_id: UUID, order_id: UUID) -> ResponseReturnValue:
    who = principal()
    order = queries.order_of(who.account, order_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            actions.cancel_order(order, by=who.user)
        except RuleError as error:
            form.refuse(error)
            order = queries.order_of(who.account, order_id)  # It was locked and read anew.
        else:
            is_over = order.state == OrderState.CANCELLED
            flash(translate(_CANCELLED if is_over else _CANCELLING))
            return redirect(url_for(".show_order", account_id=account_id, order_id=order.id), 303)
    return _order_page(order, form)


def _order_page(order: Order, form: ConfirmForm) -> Response:
    return render_form("services/show_order.html", form, **_context(order))


def _may_cancel(order: Order) -> bool:
    may = principal().may(Permission.SERVICES_ORDER)
    return may and order.is_cancellable(clock.now())


def _visit_sums(order: Order, comes_at: datetime | None) -> Sums | None:
    """Return what the order costs if it is done on the day for which the technician is booked."""
    if comes_at is None:
        return None
    day, offerings = local(comes_at).date(), {item.code: item.offering for item in order.items}
    found = queries.terms_by_day(principal().account, order.quote, [day], offerings)
    return sums_of(found[day], offerings)


def _context(order: Order) -> dict[str, object]:
    card = card_of(order, clock.now())
    comes_at = card.visit.starts_at if card and card.visit and card.is_booked else None
    return {
        "order": order,
        "name": title_of_order(order),
        "is_planned": order.is_planned(clock.now()) and order.quote.wish.on is not None,
        "withdraw_until": withdrawal_end(order, today()),
        "steps": steps_of(order, comes_at=comes_at),
        "badge_state": badge_of(order),
        "label": LABELS[OrderState(order.state)],
        "labels": LABELS,
        "reason": reason_of(order),
        "history": history_of(order),
        "kept": kept_of(order),
        "may_cancel": _may_cancel(order),
        "visit_card": card,
        "visit_sums": _visit_sums(order, comes_at),
        "now": clock.now(),
    }
