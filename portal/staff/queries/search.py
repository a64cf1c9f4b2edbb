"""The search of the desk: by number, contract, phone, e-mail, and words of subject and messages."""

from typing import Any

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.appeals.models import Appeal, Contact
from portal.core.db import session
from portal.core.paging import Page, page_of
from portal.staff.asked import Asked

MOST_FOUND = 500


def by_number(asked: Asked) -> Appeal | None:
    """Return the appeal whose number was typed, or None."""
    return of_number(asked.number) if asked.number else None


def of_number(number: str) -> Appeal | None:
    """Return the appeal with this number, in its written form, or None."""
    return session.scalar(select(Appeal).where(Appeal.number == number))


def found(asked: Asked, *, after: str | None = None) -> Page[Appeal]:
    """Return a page of appeals, open or over, newest first, with their contacts. One statement.

    Of words that very many appeals have, MOST_FOUND are looked at.
    """
    readings = _readings(asked)
    if not readings:
        return Page([], None)
    query = (
        select(Appeal)
        .join(Appeal.contact)
        .options(contains_eager(Appeal.contact))
        .where(Appeal.id.in_(union(*readings)))
    )
    return page_of(query, Appeal.id, after=after)


def _readings(asked: Asked) -> list[Select[Any]]:
    readings: list[Select[Any]] = []
    if asked.contract:
        readings.append(_of_accounts(Account.number == asked.contract))
    for address in asked.addresses:
        contacts = select(Contact.id).where(Contact.address == address)
        readings.append(select(Appeal.id).where(Appeal.contact_id.in_(contacts)).limit(MOST_FOUND))
        readings.append(_of_accounts(Account.phone == address))
    if asked.words:
        readings.append(select(func.appeals_with_words(asked.words, MOST_FOUND).column_valued()))
    return readings


def _of_accounts(condition: Any) -> Select[Any]:
    accounts = select(Account.id).where(condition)
    return select(Appeal.id).where(Appeal.account_id.in_(accounts)).limit(MOST_FOUND)
