"""Make quotes: terms that are frozen for half an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from portal.accounts.models import Account, User
from portal.catalog.models import Offering
from portal.catalog.queries import offering_now, offerings_by_code
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l, today
from portal.services import changes
from portal.services.actions.composing import compose, frozen_offers, offer_of
from portal.services.changes import Act, Change, Terms, Wish
from portal.services.judging import Named
from portal.services.models import QUOTE_LIFE, Order, Quote, Subscription

KEPT_FOR = timedelta(days=30)
REASONS_KEPT_FOR = timedelta(days=400)  # a year can be compared with the one before
FORGOTTEN_AT_ONCE = 1000
_EXPIRED = _l("These terms were held for 30 minutes and are over. Nothing was ordered.")
_CHANGED = _l("Something has changed since these terms were shown. Nothing was ordered.")
_NOT_SOLD = _l("%(name)s is no longer sold.")


class TermsChangedError(RuleError):
    """The terms that were shown no longer hold: nothing is ordered, new ones must be shown."""


@dataclass(frozen=True)
class Leaving:
    """Why a service is ended: a reason of the list, and free words. Both may be missing."""

    reason: str | None = None
    words: str | None = None


def quote_connection(
    account: Account,
    codes: Sequence[str],
    *,
    by: User,
    on: date | None = None,
    ref: str | None = None,
) -> Quote:
    """Freeze the terms of connecting offerings together, from the day `on` (None: today).

    `ref` says where the customer came from. Raises NotFoundError if one is not sold, RuleError if
    they cannot be connected here. Records `services.quote_made`.
    """
    unique = list(dict.fromkeys(codes))
    priced = [offering_now(code) for code in unique]
    wish = Wish(Act.ADD, codes=tuple(unique), on=on)
    terms = compose(account, wish, [offer_of(each) for each in priced])
    return _keep(_quote(account, wish, priced[0].offering, ref=ref), terms, by=by)


def quote_disconnection(
    account: Account,
    subscription: Subscription,
    *,
    by: User,
    leaving: Leaving,
    on: date | None = None,
) -> Quote:
    """Freeze the terms of ending a subscription on a day, with all that ends with it.

    Raises RuleError if an open order is in the way. Records `services.quote_made`.
    """
    wish = Wish(Act.DELETE, subscription_id=subscription.id, on=on)
    quote = _quote(account, wish, subscription.offering)
    quote.reason, quote.words = leaving.reason, leaving.words
    return _keep(quote, compose(account, wish), by=by)


def quote_pause(
    account: Account, subscription: Subscription, *, by: User, start: date, until: date
) -> Quote:
    """Freeze the terms of letting a subscription rest from `start` until before `until`.

    Raises RuleError with the limit that is passed. Records `services.quote_made`.
    """
    wish = Wish(
        Act.MODIFY,
        subscription_id=subscription.id,
        change=Change.PAUSE,
        on=None if start == today() else start,
        until=until,
    )
    return _keep(_quote(account, wish, subscription.offering), compose(account, wish), by=by)


def quote_resume(account: Account, subscription: Subscription, *, by: User) -> Quote:
    """Freeze the terms of ending a pause today.

    Raises RuleError if there is none. Records `services.quote_made`.
    """
    wish = Wish(Act.MODIFY, subscription_id=subscription.id, change=Change.RESUME)
    return _keep(_quote(account, wish, subscription.offering), compose(account, wish), by=by)


def renew_quote(account: Account, quote: Quote, *, by: User) -> Quote:
    """Freeze new terms for what an old quote asked, at today's prices.

    Raises RuleError as the first time, and if it is no longer sold.
    """
    wish = quote.wish
    if wish.act is Act.ADD:
        _check_sold(wish)
        return quote_connection(account, wish.codes, by=by, on=wish.on, ref=quote.ref)
    again = _quote(account, wish, quote.offering)
    again.reason, again.words = quote.reason, quote.words
    return _keep(again, compose(account, wish), by=by)


def forget_quotes() -> int:
    """Delete terms that nobody ordered and that were over KEPT_FOR ago; return how many.

    Terms of leaving say why somebody thought of it: REASONS_KEPT_FOR.
    FORGOTTEN_AT_ONCE at most; call it again until it returns 0.
    """
    now = clock.now()
    says_why = Quote.act == Act.DELETE.value
    ordered = select(Order.id).where(Order.quote_id == Quote.id).exists()
    old = (
        select(Quote.id)
        .where(Quote.expires_at < now - KEPT_FOR, ~ordered)
        .where(~says_why | (Quote.expires_at < now - REASONS_KEPT_FOR))
        .order_by(Quote.id)
        .limit(FORGOTTEN_AT_ONCE)
    )
    gone = session.scalars(delete(Quote).where(Quote.id.in_(old)).returning(Quote.id))
    return len(gone.all())


def check_again(account: Account, quote: Quote, *, now: datetime) -> None:
    """Compose the quote once more, at its own prices, and compare.

    The account must be locked. Raises TermsChangedError if the quote is over or its terms differ,
    RuleError if the rules no longer allow it.
    """
    if quote.is_expired(now):
        raise TermsChangedError(_EXPIRED)
    offers = frozen_offers(quote.terms, offerings_by_code())
    if compose(account, quote.wish, offers) != quote.terms:
        raise TermsChangedError(_CHANGED)


def _check_sold(wish: Wish) -> None:
    offerings = offerings_by_code()
    for code in wish.codes:
        if not offerings[code].is_sold_on(today()):
            raise RuleError(_NOT_SOLD, name=Named(offerings[code]))


def _quote(account: Account, wish: Wish, offering: Offering, ref: str | None = None) -> Quote:
    return Quote(
        account_id=account.id,
        act=wish.act.value,
        offering=offering,
        subscription_id=wish.subscription_id,
        kept_wish=changes.wish_to_json(wish),
        ref=ref,
    )


def _keep(quote: Quote, terms: Terms, *, by: User) -> Quote:
    now = clock.now()
    quote.kept_terms = changes.to_json(terms)
    quote.by_id, quote.created_at, quote.expires_at = by.id, now, now + QUOTE_LIFE
    session.add(quote)
    session.flush()  # The address of the quote's page needs its id.
    audit.record("services.quote_made", subject=quote, actor=by, offering=quote.offering.code)
    return quote
