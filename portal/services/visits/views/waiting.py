"""What waits for the dispatcher: orders without a time, and orders that the network holds."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.services.actions import retry_order
from portal.services.progress import reason_of, title_of_order
from portal.services.states import LABELS as ORDER_LABELS
from portal.services.visits import actions, queries
from portal.services.visits.forms import SlotForm
from portal.services.visits.models import Area
from portal.services.visits.queries import Awaiting, Offered
from portal.services.visits.states import LABELS, VisitState
from portal.services.visits.views.blueprint import bp


@bp.get("/staff/visits/waiting")
@allow(Permission.VISITS_WORK)
def list_waiting() -> ResponseReturnValue:
    after = request.args.get("after")
    return render_template(
        "services/visits/list_waiting.html",
        page=queries.without_a_time(after=after),
        counts=queries.desk_counts(),
        after=after,
        labels=LABELS,
        title_of=title_of_order,
    )


@bp.get("/staff/visits/held")
@allow(Permission.VISITS_WORK)
def list_held() -> ResponseReturnValue:
    after = request.args.get("after")
    return render_template(
        "services/visits/list_held.html",
        page=queries.held_orders(after=after),
        counts=queries.desk_counts(),
        after=after,
        labels=ORDER_LABELS,
        reason_of=reason_of,
        title_of=title_of_order,
    )


@bp.route("/staff/visits/waiting/<uuid:order_id>", methods=["GET", "POST"])
@allow(Permission.VISITS_WORK)
def book_time(order_id: UUID) -> ResponseReturnValue:
    one = queries.order_at_desk(order_id)
    if not one.is_without_time:
        flash(_("This order waits for a time no longer."), "warn")
        return redirect(url_for(".list_waiting"), 303)
    form = SlotForm(_offered(one))
    if form.validate_on_submit() and form.slot.starts_at:
        try:
            actions.book_for_customer(one.order, form.slot.starts_at, by=principal().user)
        except RuleError as error:
            form.refuse(error)
            one = queries.order_at_desk(order_id)  # It was locked and read anew.
        else:
            flash(_("The visit is booked and the customer is told."))
            return redirect(url_for(".list_waiting"), 303)
    return _time_page(one, form)


@bp.post("/staff/visits/held/<uuid:order_id>/retry")
@allow(Permission.VISITS_WORK)
def retry_held(order_id: UUID) -> ResponseReturnValue:
    order = queries.order_at_desk(order_id).order
    try:
        retry_order(order.number, by=principal().user)
    except RuleError as error:
        flash(error.message, "warn")
    else:
        flash(_("Order %(number)s is tried again.", number=order.number))
    return redirect(url_for(".list_held"), 303)


def _time_page(one: Awaiting, form: SlotForm) -> Response:
    offered = _offered(one) if form.is_refused else form.slot.all_offered
    form.slot.offer(offered)
    return render_form(
        "services/visits/book_time.html",
        form,
        one=one,
        title_of=title_of_order,
        area=Area.of(one.place) if one.place else None,
        offered=offered,
        last=LABELS[VisitState(one.last.state)] if one.last else None,
    )


def _offered(one: Awaiting) -> Offered:
    if one.place is None:
        return Offered({})
    return queries.offered_places(Area.of(one.place), clock.now())
