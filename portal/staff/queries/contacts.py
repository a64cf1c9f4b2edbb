"""Who calls? Contacts that are known by what somebody says, and whether there is his contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.appeals.models import Contact
from portal.core.db import session
from portal.staff.asked import Asked

_MOST = 10


@dataclass(frozen=True)
class Known:
    """Contacts, newest first, each way to reach somebody once; and contracts with that number."""

    contacts: Sequence[Contact]
    accounts: Sequence[Account]


def known_contacts(asked: Asked) -> Known:
    """Return who wrote from this phone or e-mail before, and the contracts of this number or phone.

    Two statements; nothing is looked for when neither was typed.
    """
    if not (asked.addresses or asked.contract):
        return Known((), ())
    contacts = session.scalars(
        select(Contact)
        .where(Contact.address.in_(asked.addresses))
        .order_by(Contact.id.desc())
        .limit(_MOST * 5)
    ).all()
    once = {(contact.name, contact.address): contact for contact in reversed(contacts)}
    accounts = session.scalars(
        select(Account)
        .where((Account.number == asked.contract) | Account.phone.in_(asked.addresses))
        .options(joinedload(Account.premises))
        .order_by(Account.id)
        .limit(_MOST)
    )
    return Known(list(reversed(once.values()))[:_MOST], accounts.unique().all())
