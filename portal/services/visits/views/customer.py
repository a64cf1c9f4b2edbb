"""The customer chooses a time, another one, or none; and takes the visit into his calendar."""

from datetime import datetime
from uuid import UUID

from flask import Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.form_markup import blame
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.services.forms import ConfirmForm
from portal.services.models import Order
from portal.services.queries import order_of, terms_by_day
from portal.services.states import OrderState
from portal.services.visits import actions, queries
from portal.services.visits.attachment import around
from portal.services.visits.calendar_file import FILE_NAME, MEDIA_TYPE, calendar_file
from portal.services.visits.forms import SlotForm
from portal.services.visits.models import Area, Visit
from portal.services.visits.queries import Offered
from portal.services.visits.showing import card_of
from portal.services.visits.states import VisitState
from portal.services.visits.views.blueprint import bp, settings


@bp.route("/a/<uuid:account_id>/services/orders/<uuid:order_id>/visit", methods=["GET", "POST"])
@allow(Permission.SERVICES_ORDER)
def choose_time(account_id: UUID, order_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    who, now = principal(), clock.now()
    order = order_of(who.account, order_id)
    if order.state != OrderState.PENDING:
        return redirect(_order_url(order), 303)
    visit, offered = queries.last_visit(order), _offered(now)
    form = SlotForm(offered, data={"slot": _suggested(visit, offered)})
    if form.validate_on_submit() and form.slot.starts_at:
        try:
            _choose(order, visit, form.slot.starts_at, by=who.user)
        except RuleError as error:
            form.refuse(error)
            offered = _offered(now)
            order = order_of(who.account, order_id)  # It was locked and read anew.
        else:
            return redirect(_order_url(order), 303)
    return _time_page(order, form, offered)


@bp.post("/a/<uuid:account_id>/services/visits/<uuid:visit_id>/cancel")
@allow(Permission.SERVICES_ORDER)
def cancel_visit(account_id: UUID, visit_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    who = principal()
    visit = queries.visit_of(who.account, visit_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            actions.cancel_visit(visit, by=who.user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The visit is cancelled. Choose another time: the order waits for it."))
            return redirect(_order_url(visit.order), 303)
    return _refusal(order_of(who.account, visit.order_id), form)


@bp.get("/a/<uuid:account_id>/services/visits/<uuid:visit_id>/visit.ics")
@allow(Permission.SERVICES_VIEW)
def show_calendar_file(account_id: UUID, visit_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    visit = queries.visit_of(principal().account, visit_id)
    response = make_response(calendar_file(visit, around(visit, settings()), now=clock.now()))
    response.headers["Content-Type"] = f"{MEDIA_TYPE}; charset=utf-8"
    response.headers["Content-Disposition"] = f"attachment; filename={FILE_NAME}"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _time_page(order: Order, form: SlotForm, offered: Offered) -> Response:
    form.slot.offer(offered)
    offerings = {item.code: item.offering for item in order.items}
    days = list(offered.days)
    return render_form(
        "services/visits/choose_time.html",
        form,
        order=order,
        card=card_of(order, clock.now()),
        offered=offered,
        terms_by_day=terms_by_day(principal().account, order.quote, days, offerings),
    )


def _refusal(order: Order, refused: ConfirmForm) -> Response:
    """Show the page of times with what was refused."""
    offered = _offered(clock.now())
    form = SlotForm(offered, formdata=None)
    form.form_errors = [sentence for _place, sentence in blame(refused)]
    return _time_page(order, form, offered)


def _choose(order: Order, visit: Visit | None, starts_at: datetime, *, by: User) -> None:
    if visit and visit.state == VisitState.BOOKED:
        actions.move_visit(visit, starts_at, by=by)
        flash(_("The visit is moved."))
    else:
        actions.book_visit(order, starts_at, by=by)
        flash(_("The visit is booked."))


def _offered(now: datetime) -> Offered:
    place = next(iter(principal().account.premises), None)
    return queries.offered_places(Area.of(place), now) if place else Offered({})


def _suggested(visit: Visit | None, offered: Offered) -> str:
    """After a visit that did not happen the next free time is offered first."""
    is_owed = visit is not None and visit.state in {VisitState.MISSED, VisitState.NOT_HOME}
    return offered.first_free.value if is_owed and offered.first_free else ""


def _order_url(order: Order) -> str:
    return url_for("services.show_order", account_id=order.account_id, order_id=order.id)
