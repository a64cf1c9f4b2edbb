"""Who asks: the signed-in user, the contract in the URL, and what he may do there."""

from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from flask import Flask, abort, current_app, g, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import contains_eager, selectinload

from portal.accounts.models import Account, Membership, Premises, User, UserSession
from portal.accounts.roles import BY_ROLE, BY_STAFF_ROLE
from portal.core import clock, db
from portal.core.access import Permission
from portal.core.db import session
from portal.core.errors import NotFoundError

login = LoginManager()
SEEN_STEP_SECONDS = 60


class SignedIn(UserMixin):
    """What Flask-Login carries: a person on one device. Its id is the device's secret."""

    def __init__(self, user: User, device: UserSession, token: str) -> None:
        self.user = user
        self.device = device
        self.token = token

    def get_id(self) -> str:
        return self.token


@dataclass
class Principal:
    """The user, the device he sits at, and his membership in the URL's account if it names one."""

    user: User
    device: UserSession
    memberships: list[Membership] = field(default_factory=list)
    membership: Membership | None = None

    @property
    def account(self) -> Account:
        """The account in the URL. Raises NotFoundError where the URL names none."""
        if self.membership is None:
            raise NotFoundError
        return self.membership.account

    @property
    def staff_role(self) -> str | None:
        return self.user.staff_role

    def may(self, permission: Permission) -> bool:
        """Say whether his role on the account, or his role at the operator, opens `permission`."""
        if permission in {Permission.PUBLIC, Permission.SELF}:
            return True
        own = BY_ROLE[self.membership.role] if self.membership else frozenset()
        return permission in own | BY_STAFF_ROLE.get(self.staff_role or "", frozenset())


def principal() -> Principal:
    """Return who asks. Only where somebody is signed in."""
    if "principal" not in g:
        raise RuntimeError("nobody is signed in here")
    return cast(Principal, g.principal)


def visitor() -> Principal | None:
    """Return who asks, or None for somebody who is not signed in."""
    current_user.is_authenticated  # noqa: B018 - lets Flask-Login load the user
    return cast(Principal | None, g.get("principal"))


@login.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    """Find the device by its secret, and name its user to row-level security.

    Two statements: the token is named, then device and user come and the user is named too.
    """
    digest = db.digest(token)
    db.see(token=digest)
    row = session.execute(
        select(UserSession, User, func.set_config("app.user_id", func.cast_text(User.id), True))
        if False
        else _device_query(digest)
    ).one_or_none()
    if row is None:
        return None
    device, user = row[0], row[1]
    now = clock.now()
    if user.disabled_at or device.is_over(now, for_staff=user.is_staff):
        g.session_expired = True
        return None
    session.info["scope"]["user_id"] = str(user.id)
    if user.is_staff:
        db.see(staff=True)
    g.user_id = user.id
    _note_seen(device)
    g.principal = Principal(user, device)
    return SignedIn(user, device, token)
