"""The page that shows the exact sum, the date and what is lost, before anything is ordered."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog.models import Offering
from portal.catalog.queries import offerings_by_code
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError, RuleError
from portal.core.form_markup import blame
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.services import actions, queries
from portal.services.actions import TermsChangedError
from portal.services.forms import ConfirmForm
from portal.services.models import Order, Quote
from portal.services.presenting import chances_of, present
from portal.services.renewing import Changed, changes_between
from portal.services.views.blueprint import bp, count_terms, undo_time
from portal.services.visits.actions import order_with_visit
from portal.services.visits.forms import SlotForm
from portal.services.visits.models import Area
from portal.services.visits.queries import Offered, offered_places


@bp.route("/a/<uuid:account_id>/services/quotes/<uuid:quote_id>", methods=["GET", "POST"])
@allow(Permission.SERVICES_ORDER)
def show_quote(account_id: UUID, quote_id: UUID) -> ResponseReturnValue:
    who = principal()
    quote = queries.quote_of(who.account, quote_id)
    if placed := queries.order_of_quote(quote):
        return redirect(url_for(".show_order", account_id=account_id, order_id=placed.id), 303)
    form = _confirmation(quote)
    if form.validate_on_submit():
        try:
            order = _place(quote, form)
        except TermsChangedError as error:
            return _show_new_terms(quote, error)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Your order is accepted."))
            return redirect(url_for(".show_order", account_id=account_id, order_id=order.id), 303)
    return _quote_page(quote, form, clock.now())


@bp.post("/a/<uuid:account_id>/services/quotes/<uuid:quote_id>/renew")
@allow(Permission.SERVICES_ORDER)
def renew_quote(account_id: UUID, quote_id: UUID) -> ResponseReturnValue:
    count_terms()
    who = principal()
    old = queries.quote_of(who.account, quote_id)
    new = actions.renew_quote(who.account, old, by=who.user)
    terms_url = url_for(".show_quote", account_id=account_id, quote_id=new.id, before=old.id)
    return redirect(terms_url, 303)


def _confirmation(quote: Quote) -> ConfirmForm | SlotForm:
    """Return one press; and the times, where a technician comes and there are some to choose."""
    offered = _times(quote)
    is_asked = offered.first_free is not None or "slot" in request.form
    return SlotForm(offered) if is_asked else ConfirmForm()


def _times(quote: Quote) -> Offered:
    place = next(iter(principal().account.premises), None)
    if place is None or not quote.terms.needs_technician:
        return Offered({})
    return offered_places(Area.of(place), clock.now())


def _place(quote: Quote, form: ConfirmForm | SlotForm) -> Order:
    who = principal()
    if isinstance(form, SlotForm) and form.slot.starts_at:
        return order_with_visit(
            who.account, quote, form.slot.starts_at, by=who.user, undo=undo_time()
        )
    return actions.place_order(who.account, quote, by=who.user, undo=undo_time())


def _show_new_terms(quote: Quote, error: TermsChangedError) -> ResponseReturnValue:
    """Say that nothing was ordered, and show the terms of now."""
    who = principal()
    new = actions.renew_quote(who.account, quote, by=who.user)
    flash(_("%(what)s These are the new terms.", what=error.message), "warn")
    terms_url = url_for(
        ".show_quote", account_id=quote.account_id, quote_id=new.id, before=quote.id
    )
    return redirect(terms_url, 303)


def _changes(quote: Quote, offerings: Mapping[str, Offering]) -> list[Changed] | None:
    """Return what differs from the terms that were shown before; None if there were none."""
    try:
        old = queries.quote_of(principal().account, UUID(request.args.get("before", "")))
    except (ValueError, NotFoundError):
        return None
    is_about_it = old.wish == quote.wish and old.created_at < quote.created_at
    return changes_between(old.terms, quote.terms, offerings) if is_about_it else None


def _plain(refused: SlotForm) -> ConfirmForm:
    """Return one press with what was refused: there are no times left to show it at."""
    form = ConfirmForm(formdata=None)
    form.form_errors = [sentence for _place, sentence in blame(refused)]
    return form


def _quote_page(quote: Quote, form: ConfirmForm | SlotForm, now: datetime) -> ResponseReturnValue:
    who, offered = principal(), None
    if isinstance(form, SlotForm):
        offered = _times(quote) if form.is_refused else form.slot.all_offered
        form.slot.offer(offered)
    if isinstance(form, SlotForm) and not form.slot.offered:
        form, offered = _plain(form), None
    offerings = offerings_by_code()
    return render_form(
        "services/show_quote.html",
        form,
        quote=quote,
        view=present(quote, offerings),
        changed=_changes(quote, offerings),
        account=who.account,
        place=next(iter(who.account.premises), None),
        chances=chances_of(quote.terms, undo=undo_time(), on=quote.wish.on),
        allowance=actions.allowance_of(who.account, quote.terms, by=who.user),
        offered=offered,
        terms_by_day=queries.terms_by_day(
            who.account, quote, list(offered.days) if offered else [], offerings
        ),
        now=now,
    )
