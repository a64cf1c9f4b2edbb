"""Reads of people, devices and contracts. What a stranger may find, he names first."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import (
    CUSTOMER_ABSOLUTE,
    CUSTOMER_IDLE,
    STAFF_ABSOLUTE,
    STAFF_IDLE,
    Account,
    Identity,
    Membership,
    OneTimeSecret,
    Role,
    StaffRole,
    User,
    UserSession,
)
from portal.accounts.proofs import digest
from portal.core import clock, db
from portal.core.db import session
from portal.core.errors import NotFoundError


def person_by_login(login: str) -> User | None:
    """Return who signs in with this e-mail (lower case) or phone (E.164), or None."""
    if "@" in login:
        db.see(email=login)
        return session.scalar(select(User).where(User.email == login))
    db.see(phone=login)
    return session.scalar(select(User).where(User.phone == login))


def person_of(user_id: UUID) -> User | None:
    """Return a user by his id, if this transaction may see him."""
    return session.get(User, user_id)


def account_by_number(number: str) -> Account | None:
    """Return the contract with this number, or None."""
    db.see(account_number=number)
    return session.scalar(select(Account).where(Account.number == number))


def has_holder(account_id: UUID) -> bool:
    """Tell whether somebody in the portal holds this contract now."""
    holds = Membership.role == Role.HOLDER
    held = exists().where(Membership.account_id == account_id, holds, _may_enter())
    return bool(session.scalar(select(held)))


def holders_of(account_id: UUID) -> list[UUID]:
    """Return the users who hold this contract now; empty when nobody has joined the portal."""
    return people_with([account_id], Role.HOLDER).get(account_id, [])


def told_of(account_id: UUID, *, first: UUID) -> list[UUID]:
    """Return who is told what happens on a contract: `first` and whoever holds it.

    Only who may enter the contract now: nobody is told of a contract that he has left.
    """
    told = (Membership.role == Role.HOLDER) | (Membership.user_id == first)
    query = (
        select(Membership.user_id)
        .where(Membership.account_id == account_id, told, _may_enter())
        .order_by((Membership.user_id == first).desc(), Membership.id)
    )
    return list(session.scalars(query))


def people_with(account_ids: Iterable[UUID], *roles: Role) -> dict[UUID, list[UUID]]:
    """Return the users who have one of `roles` now, by contract; those with nobody are missing."""
    query = (
        select(Membership.account_id, Membership.user_id)
        .where(Membership.account_id.in_(account_ids), Membership.role.in_(roles), _may_enter())
        .order_by(Membership.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for account_id, user_id in session.execute(query):
        found.setdefault(account_id, []).append(user_id)
    return found


def supervisors() -> Sequence[UUID]:
    """Return who watches over the desk and may sign in, by id. For staff and the worker."""
    return session.scalars(
        select(User.id)
        .where(User.staff_role == StaffRole.SUPERVISOR, User.disabled_at.is_(None))
        .order_by(User.id)
    ).all()


def membership_of(user_id: UUID, account_id: UUID) -> Membership | None:
    """Return what this user is on this contract, ended or not; None if he never was anything."""
    return session.scalar(
        select(Membership).where(Membership.user_id == user_id, Membership.account_id == account_id)
    )


def members_of(account: Account) -> list[Membership]:
    """Return whoever may enter this contract now, with the person; the longest-standing first."""
    query = _members(account).order_by(Membership.created_at, Membership.id)
    return list(session.scalars(query))


def member_of(account: Account, membership_id: UUID) -> Membership:
    """Return a running membership of this contract, with the person. Raises NotFoundError."""
    if found := session.scalar(_members(account).where(Membership.id == membership_id)):
        return found
    raise NotFoundError


def _members(account: Account) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.account_id == account.id, _may_enter())
    )


def _may_enter() -> ColumnElement[bool]:
    return Membership.ends_at.is_(None) | (Membership.ends_at > clock.now())


def devices_of(user: User) -> list[UserSession]:
    """Return the devices on which `user` is signed in now, the last seen first."""
    now = clock.now()
    idle, absolute = (
        (STAFF_IDLE, STAFF_ABSOLUTE) if user.is_staff else (CUSTOMER_IDLE, CUSTOMER_ABSOLUTE)
    )
    running = (
        select(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
        .where(UserSession.seen_at > now - idle, UserSession.created_at > now - absolute)
        .order_by(UserSession.seen_at.desc(), UserSession.id)
    )
    return list(session.scalars(running))


def device_of(user: User, device_id: UUID) -> UserSession:
    """Return a device of this user. Raises NotFoundError for anyone else's."""
    own = select(UserSession).where(UserSession.id == device_id, UserSession.user_id == user.id)
    if device := session.scalar(own):
        return device
    raise NotFoundError


def secret_of(token: str, purpose: str, *, lock: bool = False) -> OneTimeSecret | None:
    """Return the usable one-time secret that this token names, or None.

    `lock` keeps it from being used twice at once, until the transaction ends.
    """
    hashed = digest(token)
    db.see(token=hashed)
    query = select(OneTimeSecret).where(
        OneTimeSecret.token_hash == hashed, OneTimeSecret.purpose == purpose
    )
    found = session.scalar(query.with_for_update() if lock else query)
    return found if found and found.is_usable(clock.now()) else None


def identities_of(user: User) -> list[Identity]:
    """Return the sign-ins at other providers that `user` linked, oldest first."""
    own = select(Identity).where(Identity.user_id == user.id)
    return list(session.scalars(own.order_by(Identity.created_at, Identity.id)))


def identity_of(issuer: str, subject: str) -> Identity | None:
    """Return the linked identity (issuer, subject), or None."""
    db.see(subject=subject)
    return session.scalar(
        select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    )
