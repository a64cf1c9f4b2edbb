"""Make quotes: terms that are frozen for half an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from portal.accounts.models import Account, User
from portal.catalog.models import Offering
from portal.catalog.queries import Priced, offering_now, offerings_by_code
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l, today
from portal.services import quoting
from portal.services.judging import Named, check_connection, check_terms
from portal.services.models import QUOTE_LIFE, Order, Quote, Subscription
from portal.services.queries import surroundings_of
from portal.services.quoting import Act, Offer, Terms

KEPT_FOR = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1000
_EXPIRED = _l("These terms were held for 30 minutes and are over. Nothing was ordered.")
_CHANGED = _l("Something has changed since these terms were shown. Nothing was ordered.")
_NOT_SOLD = _l("%(name)s is no longer sold.")
_GONE = _l("This service has already been disconnected.")


class TermsChangedError(RuleError):
    """The terms that were shown no longer hold: nothing is ordered, new ones must be shown."""


@dataclass(frozen=True)
class Leaving:
    """Why a service is ended: a reason of the list, and free words. Both may be missing."""

    reason: str | None = None
    words: str | None = None


def quote_connection(account: Account, code: str, *, by: User, ref: str | None = None) -> Quote:
    """Freeze the terms of connecting the offering `code` today; `ref` says where he came from.

    Raises NotFoundError if it is not sold, RuleError if it cannot be connected here.
    Records `services.quote_made`.
    """
    priced = offering_now(code)
    terms = connection_terms(account, priced.offering, offer_of(priced))
    asked = Quote(account_id=account.id, act=Act.ADD.value, offering=priced.offering, ref=ref)
    return _keep(asked, terms, by=by)


def quote_disconnection(
    account: Account, subscription: Subscription, *, by: User, leaving: Leaving
) -> Quote:
    """Freeze the terms of ending a subscription today, with all that ends with it.

    Raises RuleError if an open order is in the way. Records `services.quote_made`.
    """
    terms = preview_disconnection(account, subscription)
    asked = Quote(
        account_id=account.id,
        act=Act.DELETE.value,
        offering=subscription.offering,
        subscription_id=subscription.id,
        reason=leaving.reason,
        words=leaving.words,
    )
    return _keep(asked, terms, by=by)


def preview_disconnection(account: Account, subscription: Subscription) -> Terms:
    """Return the terms of ending a subscription today without keeping them. Raises RuleError."""
    return _disconnection_terms(account, subscription.id, offerings_by_code())


def renew_quote(account: Account, quote: Quote, *, by: User) -> Quote:
    """Freeze new terms for what an old quote asked, at today's prices.

    Raises RuleError as the first time, and if it is no longer sold.
    """
    if quote.act == Act.ADD:
        if not quote.offering.is_sold_on(today()):
            raise RuleError(_NOT_SOLD, name=Named(quote.offering))
        return quote_connection(account, quote.offering.code, by=by, ref=quote.ref)
    asked = Quote(
        account_id=account.id,
        act=Act.DELETE.value,
        offering=quote.offering,
        subscription_id=quote.subscription_id,
        reason=quote.reason,
        words=quote.words,
    )
    return _keep(asked, _request_terms(account, quote), by=by)


def forget_quotes() -> int:
    """Delete terms that nobody ordered and that were over KEPT_FOR ago; return how many.

    FORGOTTEN_AT_ONCE at most; call it again until it returns 0.
    """
    ordered = select(Order.id).where(Order.quote_id == Quote.id).exists()
    old = (
        select(Quote.id)
        .where(Quote.expires_at < clock.now() - KEPT_FOR, ~ordered)
        .order_by(Quote.id)
        .limit(FORGOTTEN_AT_ONCE)
    )
    gone = session.scalars(delete(Quote).where(Quote.id.in_(old)).returning(Quote.id))
    return len(gone.all())


def check_again(account: Account, quote: Quote, *, now: datetime) -> None:
    """Compose the quote once more, at its own price, and compare.

    The account must be locked. Raises TermsChangedError if the quote is over or its terms differ,
    RuleError if the rules no longer allow it.
    """
    if quote.is_expired(now):
        raise TermsChangedError(_EXPIRED)
    if _request_terms(account, quote) != quote.terms:
        raise TermsChangedError(_CHANGED)


def connection_terms(account: Account, offering: Offering, offer: Offer) -> Terms:
    """Return the terms of connecting an offering today. Raises RuleError if it cannot be."""
    around = surroundings_of(account, offerings_by_code())
    check_connection(offering, around)
    terms = quoting.connect(offer, around.household)
    check_terms(terms, around)
    return terms


def offer_of(priced: Priced) -> Offer:
    """Return an offering at today's price as quotes see it."""
    offering = priced.offering
    return Offer(
        rule=offering.rule,
        monthly=priced.monthly,
        one_time=priced.one_time,
        needs_technician=offering.needs_technician,
        term_months=offering.term_months,
        exit_fee=offering.exit_fee,
    )


def _request_terms(account: Account, quote: Quote) -> Terms:
    """Compose what the quote asked for, at the price it named."""
    if quote.act == Act.ADD:
        return connection_terms(account, quote.offering, _frozen_offer(quote))
    if quote.subscription_id is None:
        raise ValueError(f"quote {quote.id} ends nothing")
    return _disconnection_terms(account, quote.subscription_id, offerings_by_code())


def _frozen_offer(quote: Quote) -> Offer:
    terms = quote.terms
    asked = terms.begins[0]
    return Offer(
        rule=quote.offering.rule,
        monthly=asked.monthly,
        one_time=asked.one_time,
        needs_technician=terms.needs_technician,
        term_months=terms.term_months,
        exit_fee=terms.exit_fee,
    )


def _disconnection_terms(
    account: Account, subscription_id: UUID, offerings: dict[str, Offering]
) -> Terms:
    around = surroundings_of(account, offerings)
    if all(each.id != subscription_id for each in around.household.active):
        raise RuleError(_GONE)
    terms = quoting.disconnect(subscription_id, around.household)
    check_terms(terms, around)
    return terms


def _keep(quote: Quote, terms: Terms, *, by: User) -> Quote:
    now = clock.now()
    quote.kept_terms = quoting.to_json(terms)
    quote.by_id, quote.created_at, quote.expires_at = by.id, now, now + QUOTE_LIFE
    session.add(quote)
    session.flush()  # The address of the quote's page needs its id.
    audit.record("services.quote_made", subject=quote, actor=by, offering=quote.offering.code)
    return quote
