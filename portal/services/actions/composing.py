"""Compose the terms of a wish from what the account has now, or refuse it in words."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from portal.accounts.models import Account
from portal.catalog.models import Offering
from portal.catalog.queries import Priced, offerings_by_code
from portal.core.errors import RuleError
from portal.core.text import _l, today
from portal.services import quoting
from portal.services.changes import Act, Change, Terms, Wish
from portal.services.household import Offer, Running
from portal.services.judging import Named, Surroundings, check_connection, check_terms
from portal.services.pausing import check_pause, check_resume, check_start
from portal.services.queries import surroundings_of

_GONE = _l("This service has already been disconnected.")
_TECHNICIAN = _l("%(name)s begins when the technician has been there: choose no day for it.")


def compose(account: Account, wish: Wish, offers: Sequence[Offer] = ()) -> Terms:
    """Return the terms of `wish`; `offers` are what it connects, at the prices that hold for it.

    Five statements at most. Raises RuleError if the rules, or an open order, do not allow it.
    """
    around = surroundings_of(account, offerings_by_code(), wish.day(today()))
    if wish.on:
        check_start(wish.on, today())
    terms = _terms(wish, offers, around)
    check_terms(terms, around)
    return terms


def offer_of(priced: Priced) -> Offer:
    """Return an offering at today's price as quotes see it."""
    offering = priced.offering
    return Offer(
        rule=offering.rule,
        monthly=priced.monthly,
        one_time=priced.one_time,
        promo=priced.promo_monthly,
        promo_months=priced.promo_months or 0,
        needs_technician=offering.needs_technician,
        term_months=offering.term_months,
        exit_fee=offering.exit_fee,
    )


def frozen_offers(terms: Terms, offerings: Mapping[str, Offering]) -> list[Offer]:
    """Return what the terms connect, at the prices that they named."""
    return [
        Offer(
            rule=offerings[item.code].rule,
            monthly=item.monthly,
            one_time=item.one_time,
            promo=item.promo,
            promo_months=item.promo_months,
            needs_technician=item.needs_technician,
            term_months=item.term_months,
            exit_fee=item.exit_fee,
        )
        for item in terms.begins
    ]


def _terms(wish: Wish, offers: Sequence[Offer], around: Surroundings) -> Terms:
    if wish.act is Act.ADD:
        return _connection(wish, offers, around)
    held = _held(wish.subscription_id, around)
    if wish.act is Act.DELETE:
        return quoting.disconnect(held.id, around.household)
    if wish.change is Change.RESUME:
        check_resume(held)
        return quoting.resume(held.id, around.household)
    return _pause(wish, held, around)


def _connection(wish: Wish, offers: Sequence[Offer], around: Surroundings) -> Terms:
    wanted = [around.offerings[offer.rule.code] for offer in offers]
    for offering in wanted:
        check_connection(offering, around, [other for other in wanted if other is not offering])
        if wish.on and offering.needs_technician:
            raise RuleError(_TECHNICIAN, field="day", name=Named(offering))
    return quoting.connect(offers, around.household)


def _pause(wish: Wish, held: Running, around: Surroundings) -> Terms:
    if wish.until is None:
        raise ValueError("a pause without an end")
    check_pause(held, start=around.household.day, until=wish.until, today=today())
    return quoting.pause(held.id, wish.until, around.household)


def _held(subscription_id: UUID | None, around: Surroundings) -> Running:
    for each in around.household.active:
        if each.id == subscription_id:
            return each
    raise RuleError(_GONE)
