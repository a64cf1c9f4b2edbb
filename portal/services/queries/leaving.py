"""Reads of why services were left, over all contracts: for staff, without names of customers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, joinedload

from portal.catalog.models import Offering
from portal.core import clock
from portal.core.db import session
from portal.core.paging import Page, page_of
from portal.core.text import midnight
from portal.services.changes import Act
from portal.services.leaving import Count
from portal.services.models import Order, Quote
from portal.services.proration import Month
from portal.services.states import OrderState

MOST_ANSWERS = 20_000
_LEFT = (Order.act == Act.DELETE.value, Order.state == OrderState.COMPLETED.value)
_TAKEN_BACK = (OrderState.CANCELLED.value, OrderState.FAILED.value)


def left_in(month: Month) -> list[Count]:
    """Return how many disconnections were completed in a local month, by reason and offering."""
    first, after = _bounds(month)
    reason = func.coalesce(Quote.reason, "")
    query = (
        select(reason, Offering.code, func.count())
        .select_from(Order)
        .join(Quote, Quote.id == Order.quote_id)
        .join(Offering, Offering.id == Order.offering_id)
        .where(*_LEFT, Order.ended_at >= first, Order.ended_at < after)
        .group_by(reason, Offering.code)
        .order_by(reason, Offering.code)
    )
    return [Count(*row) for row in session.execute(query).all()]


def stayed_in(month: Month) -> dict[str, int]:
    """Return, by the last reason given, how many saw the terms of leaving and then did not leave.

    They saw them in this month; a customer who still has time to decide is not counted.
    """
    reason = func.coalesce(Quote.reason, "")
    query = (
        select(reason, func.count())
        .where(*_last_answers(month), Quote.expires_at <= clock.now(), ~_is_leaving())
        .group_by(reason)
        .order_by(reason)
    )
    return {row[0]: row[1] for row in session.execute(query).all()}


def answers_page(month: Month, *, after: str | None = None) -> Page[Quote]:
    """Return what customers wrote when they saw the terms of leaving, the newest first."""
    return page_of(
        _answers(month).where(Quote.words.is_not(None)), Quote.created_at, Quote.id, after=after
    )


def answers_of(month: Month) -> Sequence[Quote]:
    """Return every answer of a month, with or without words, newest first; MOST_ANSWERS at most."""
    query = _answers(month).order_by(Quote.created_at.desc(), Quote.id.desc())
    return session.scalars(query.limit(MOST_ANSWERS)).all()


def outcomes_of(quotes: Sequence[Quote]) -> dict[UUID, OrderState]:
    """Return the state of the order that became of each quote, where one did. One statement."""
    query = select(Order.quote_id, Order.state).where(
        Order.quote_id.in_([quote.id for quote in quotes])
    )
    return {row[0]: OrderState(row[1]) for row in session.execute(query).all()}


def _answers(month: Month) -> Select[Quote]:
    return select(Quote).options(joinedload(Quote.offering)).where(*_last_answers(month))


def _last_answers(month: Month) -> list[ColumnElement[bool]]:
    """Return the conditions on a quote: one to leave, of this month, the last of its service."""
    first, after = _bounds(month)
    newer = aliased(Quote)
    is_followed = (
        select(newer.id)
        .where(
            newer.subscription_id == Quote.subscription_id,
            newer.act == Act.DELETE.value,
            newer.created_at < after,
            (newer.created_at > Quote.created_at)
            | ((newer.created_at == Quote.created_at) & (newer.id > Quote.id)),
        )
        .exists()
    )
    return [
        Quote.act == Act.DELETE.value,
        Quote.created_at >= first,
        Quote.created_at < after,
        ~is_followed,
    ]


def _is_leaving() -> ColumnElement[bool]:
    """Say whether the service of a quote was ordered to end, by this quote or another."""
    other = aliased(Quote)
    return (
        select(Order.id)
        .join(other, other.id == Order.quote_id)
        .where(
            other.subscription_id == Quote.subscription_id,
            other.act == Act.DELETE.value,
            Order.state.not_in(_TAKEN_BACK),
        )
        .exists()
    )


def _bounds(month: Month) -> tuple[datetime, datetime]:
    return midnight(month.first_day), midnight(month.following.first_day)
