"""What one has, and how it ends."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog.characteristics import facts_of
from portal.catalog.queries import offerings_by_code, offerings_now
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import today
from portal.services import actions, queries
from portal.services.actions.quotes import Leaving
from portal.services.forms import ConfirmForm, LeaveForm, PauseForm
from portal.services.losing import losing
from portal.services.models import Subscription
from portal.services.progress import badge_of, steps_of, title_of_order
from portal.services.states import LABELS
from portal.services.views.blueprint import bp, terms_page


@bp.get("/a/<uuid:account_id>/services")
@allow(Permission.SERVICES_VIEW)
def list_services(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    account = principal().account
    after = request.args.get("after")
    orders = queries.open_orders(account)
    return render_template(
        "services/list_services.html",
        page=queries.subscriptions_page(account, after=after),
        after=after,
        orders=[(order, steps_of(order), badge_of(order)) for order in orders],
        titles={order.id: title_of_order(order) for order in orders},
        labels=LABELS,
        may_order=principal().may(Permission.SERVICES_ORDER),
    )


@bp.get("/a/<uuid:account_id>/services/<uuid:subscription_id>")
@allow(Permission.SERVICES_VIEW)
def show_subscription(account_id: UUID, subscription_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    subscription = queries.subscription_of(principal().account, subscription_id)
    return _subscription_page(subscription, ConfirmForm(formdata=None))


@bp.route(
    "/a/<uuid:account_id>/services/<uuid:subscription_id>/disconnect", methods=["GET", "POST"]
)
@allow(Permission.SERVICES_ORDER)
def disconnect(account_id: UUID, subscription_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    who = principal()
    subscription = queries.subscription_of(who.account, subscription_id)
    form = LeaveForm()
    leads_on = terms_page(
        form,
        lambda: actions.quote_disconnection(
            who.account,
            subscription,
            by=who.user,
            leaving=Leaving(reason=form.reason.data, words=form.words.data or None),
            on=form.start(today()),
        ),
    )
    return leads_on or _leaving_page(subscription, form)


def _leaving_page(subscription: Subscription, form: LeaveForm) -> ResponseReturnValue:
    """Show what is lost and what could be done instead; where an order is in the way, say so."""
    around = queries.surroundings_of(principal().account, offerings_by_code())
    try:
        lost, refusal = losing(subscription.id, around, offerings_now()), ""
    except RuleError as error:
        lost, refusal = None, error.message
    return render_form(
        "services/disconnect.html", form, subscription=subscription, losing=lost, refusal=refusal
    )


@bp.route("/a/<uuid:account_id>/services/<uuid:subscription_id>/pause", methods=["GET", "POST"])
@allow(Permission.SERVICES_ORDER)
def pause(account_id: UUID, subscription_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    who = principal()
    subscription = queries.subscription_of(who.account, subscription_id)
    form = PauseForm()
    leads_on = terms_page(
        form,
        lambda: actions.quote_pause(
            who.account, subscription, by=who.user, start=form.day.data, until=form.until.data
        ),
    )
    return leads_on or render_form(
        "services/pause.html", form, subscription=subscription, rule=subscription.running.pause_rule
    )


@bp.post("/a/<uuid:account_id>/services/<uuid:subscription_id>/resume")
@allow(Permission.SERVICES_ORDER)
def resume(account_id: UUID, subscription_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    who = principal()
    subscription = queries.subscription_of(who.account, subscription_id)
    form = ConfirmForm()
    leads_on = terms_page(
        form, lambda: actions.quote_resume(who.account, subscription, by=who.user)
    )
    return leads_on or _subscription_page(subscription, form)


def _subscription_page(subscription: Subscription, form: ConfirmForm) -> ResponseReturnValue:
    running = subscription.running
    return render_form(
        "services/show_subscription.html",
        form,
        subscription=subscription,
        facts=facts_of(subscription.offering.characteristics),
        has_term=subscription.term_until is not None and subscription.term_until > today(),
        carried=running.carried if running.carried in running.bonds_on(today()) else None,
        coming=[rate for rate in running.rates if rate.from_on > today()],
        may_pause=running.pause_rule is not None and not running.is_resting,
        order=queries.order_touching(principal().account, subscription.id),
        may_order=principal().may(Permission.SERVICES_ORDER),
    )
