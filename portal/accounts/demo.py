"""The people of the demo: one family, their neighbour, and those who work for the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import update

from portal.accounts.demo_people import PASSWORD, PEOPLE, UNJOINED_EMAIL
from portal.accounts.models import Account, Membership, Premises, Role, StaffRole, User
from portal.accounts.passwords import hash_password
from portal.core import clock, ids
from portal.core.db import session

DAUGHTERS_LIMIT = Decimal(15_000)
UNJOINED_NUMBER = "712067788"
NEIGHBOURS_DISTRICT = "Ауэзовский"
_NEIGHBOURS_PLACE = ("almaty", "Жандосова, 140, кв. 42", NEIGHBOURS_DISTRICT)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who lives in the demo. `home` is Aigerim's contract, `parents` the one that she manages."""

    aigerim: User
    father: User
    sister: User
    neighbour: User
    daniyar: User
    supervisor: User
    editor: User
    manager: User
    administrator: User
    agent: User
    home: Account
    parents: Account
    neighbours: Account
    unjoined: Account


_PHONES = {"aigerim@example.kz": "+77015551408", "bolat@example.kz": "+77015551409"}
_STAFF = {
    "daniyar@example.kz": StaffRole.SPECIALIST,
    "gulmira@example.kz": StaffRole.SUPERVISOR,
    "maria@example.kz": StaffRole.EDITOR,
    "ruslan@example.kz": StaffRole.CATALOGUE_MANAGER,
    "aliya@example.kz": StaffRole.ADMINISTRATOR,
    "zhanna@example.kz": StaffRole.AGENCY,
}
_LANGUAGES = {"bolat@example.kz": "kk", "aliya@example.kz": "kk"}


def load() -> Cast:
    """Add the people and their contracts to the current transaction.

    Raises RuntimeError outside of DEBUG: everybody knows their password.
    """
    if not current_app.config["SETTINGS"].debug:
        raise RuntimeError("the people of the demo are for DEBUG=1 only")
    now = clock.now()
    users = [_person(name, email, now) for name, email, _, _ in PEOPLE[:-1]]
    aigerim, father, sister, neighbour, *staff = users
    home = _contract("712034456", aigerim, ("almaty", "Жандосова, 58а, кв. 41"), now)
    parents = _contract("711870092", father, ("kaskelen", "ул. Абая, 12"), now)
    neighbours = _contract("712051020", neighbour, _NEIGHBOURS_PLACE, now)
    unjoined = _unjoined(now)
    session.flush()  # The memberships' foreign keys need the rows.
    _let_in(aigerim, home, Role.HOLDER, minute=0)
    _let_in(aigerim, parents, Role.MANAGER, minute=1)
    _let_in(father, parents, Role.HOLDER, minute=0)
    _let_in(sister, home, Role.VIEWER, minute=0)
    _let_in(neighbour, neighbours, Role.HOLDER, minute=0)
    session.flush()  # The chapters that follow build on these rows.
    _limit(aigerim, parents)
    daniyar, supervisor, editor, manager, administrator, agent = staff
    return Cast(
        aigerim=aigerim,
        father=father,
        sister=sister,
        neighbour=neighbour,
        daniyar=daniyar,
        supervisor=supervisor,
        editor=editor,
        manager=manager,
        administrator=administrator,
        agent=agent,
        home=home,
        parents=parents,
        neighbours=neighbours,
        unjoined=unjoined,
    )


def _person(name: str, email: str, now: datetime) -> User:
    user = User(
        id=ids.uuid7(),
        name=name,
        email=email,
        phone=_PHONES.get(email),
        password_hash=hash_password(PASSWORD),
        language=_LANGUAGES.get(email, "ru"),
        theme="system",
        staff_role=_STAFF.get(email),
        created_at=now - timedelta(days=400),
    )
    session.add(user)
    return user


def _contract(number: str, holder: User, place: tuple[str, ...], now: datetime) -> Account:
    account = Account(
        id=ids.uuid7(),
        number=number,
        holder_name=holder.name,
        email=holder.email,
        phone=holder.phone,
        opened_at=now - timedelta(days=1200),
    )
    city, street, *districts = place
    session.add(account)
    session.add(
        Premises(
            id=ids.uuid7(),
            account_id=account.id,
            city=city,
            district=next(iter(districts), None),
            street=street,
            technology="gpon",
        )
    )
    return account


def _unjoined(now: datetime) -> Account:
    newcomer = User(name="Ержан Тілеуов", email=UNJOINED_EMAIL, phone=None)
    return _contract(UNJOINED_NUMBER, newcomer, ("almaty", "Абая, 150, кв. 7"), now)


def _limit(user: User, account: Account) -> None:
    """Let the holder's wish stand beside the daughter's name."""
    own = (Membership.user_id == user.id, Membership.account_id == account.id)
    session.execute(update(Membership).where(*own).values(spending_limit=DAUGHTERS_LIMIT))


def _let_in(user: User, account: Account, role: Role, *, minute: int) -> None:
    """Let `user` in, so many minutes after he came: what was joined first opens first."""
    session.add(
        Membership(
            id=ids.uuid7(),
            user_id=user.id,
            account_id=account.id,
            role=role,
            created_at=user.created_at + timedelta(minutes=minute),
        )
    )
