"""Who asks: the signed-in user, the contract in the URL, and what he may do there."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import String, case, func, inspect, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account, Membership, StaffRole, User, UserSession
from portal.accounts.roles import BY_ROLE, BY_STAFF_ROLE
from portal.core import clock, db
from portal.core.access import Permission, View
from portal.core.db import session
from portal.core.errors import NotFoundError

login = LoginManager()
SEEN_STEP = timedelta(minutes=1)


class SignedIn(UserMixin):
    """What Flask-Login carries: a person on one device. Its id is the device's secret."""

    def __init__(self, principal: "Principal", token: str) -> None:
        self.principal = principal
        self.token = token

    def get_id(self) -> str:
        return self.token


@dataclass
class Principal:
    """The user, the device he sits at, and his membership in the URL's account if it names one."""

    user: User
    device: UserSession
    membership: Membership | None = None
    _memberships: list[Membership] | None = None

    @property
    def account(self) -> Account:
        """The account in the URL. Raises NotFoundError where the URL names none."""
        if self.membership is None:
            raise NotFoundError
        return self.membership.account

    @property
    def memberships(self) -> list[Membership]:
        """All that run now, with accounts and premises, oldest first. One statement, once."""
        if self._memberships is None:
            self._memberships = _memberships_of(self.user.id)
        return self._memberships

    @property
    def is_only_staff(self) -> bool:
        """Whether he is at work: staff have a desk, not contracts, under this sign-in."""
        return self.user.is_staff

    @property
    def staff_role(self) -> str | None:
        return self.user.staff_role

    def may(self, permission: Permission) -> bool:
        """Say whether his role on the account, or his role at the operator, opens `permission`."""
        if permission in {Permission.PUBLIC, Permission.SELF}:
            return True
        own = BY_ROLE[self.membership.role] if self.membership else frozenset[Permission]()
        return permission in own | BY_STAFF_ROLE.get(self.staff_role or "", frozenset())

    def enter(self, account_id: UUID) -> None:
        """Stand in an account. Raises NotFoundError if he has no running membership there.

        The statement that reads his memberships names the account to row-level security along.
        """
        is_named = self._memberships is None
        if self._memberships is None:
            self._memberships = _memberships_of(self.user.id, entering=account_id)
        for membership in self._memberships:
            if membership.account_id == account_id:
                self.membership = membership
                if is_named:
                    session.info["scope"] |= {"account_id": str(account_id)}
                else:
                    db.see(account_id=account_id)
                return
        raise NotFoundError


def _memberships_of(user_id: UUID, *, entering: UUID | None = None) -> list[Membership]:
    """Return the running memberships; that of the account `entering` names it to the database."""
    now = clock.now()
    is_entered = Membership.account_id == entering
    query = (
        select(
            Membership,
            case((is_entered, func.set_config("app.account_id", str(entering or ""), True))),
        )
        .join(Membership.account)
        .options(contains_eager(Membership.account).options(joinedload(Account.premises)))
        .where(Membership.user_id == user_id)
        .where((Membership.ends_at.is_(None)) | (Membership.ends_at > now))
        .order_by(Membership.created_at, Membership.id)
    )
    return list(session.scalars(query).unique())


def freshly_proven(view: View) -> View:
    """Mark a view that changes access or shows a secret; written below `allow`.

    Whose proof is older than 15 minutes is asked for his password first, and led back.
    """
    vars(view)["needs_fresh_proof"] = True
    return view


def principal() -> Principal:
    """Return who asks. Only where somebody is signed in."""
    found = visitor()
    if found is None:
        raise RuntimeError("nobody is signed in here")
    return found


def visitor() -> Principal | None:
    """Return who asks, or None for somebody who is not signed in."""
    return cast(Principal, current_user.principal) if current_user.is_authenticated else None


def known_visitor() -> Principal | None:
    """Return who asks if that is known already, for what stands around a page; else None.

    A write that fails voids all that its transaction read: then he is read once more.
    """
    user = g.get("_login_user")
    if user is None or not user.is_authenticated or g.get("is_told_as_stranger"):
        return None
    if _is_void(user.principal.user):
        found = _read_again(user.token)
        if found is None:
            return None
        user.principal = found
    return cast(Principal, user.principal)


def _is_void(user: User) -> bool:
    state = inspect(user)
    return bool(state.detached and state.expired)


def _read_again(token: str) -> Principal | None:
    if (found := _load(token)) is None:
        return None
    if account_id := (request.view_args or {}).get("account_id"):
        with suppress(NotFoundError):
            found.principal.enter(account_id)
    return cast(Principal, found.principal)


@login.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    """Find the device by its secret, and name its user to row-level security.

    Two statements: the secret's digest is named; then device and user come, and the user (and
    that he is staff who sees customers) is named along.
    """
    digest = db.digest(token)
    db.see(token=digest)
    staff = case((User.staff_role != StaffRole.AGENCY, "on"), else_="")
    query = (
        select(
            UserSession,
            User,
            func.set_config("app.user_id", sql_cast(User.id, String), True),
            func.set_config("app.staff", staff, True),
        )
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == digest)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    device, user = cast(UserSession, row[0]), cast(User, row[1])
    if user.disabled_at or device.is_over(clock.now(), for_staff=user.is_staff):
        g.session_expired = True
        session.rollback()
        session.info["scope"] = {}
        return None
    session.info["scope"] |= {"user_id": str(user.id), "staff": "on" if user.sees_customers else ""}
    g.user_id = user.id
    _note_seen(device, digest)
    return SignedIn(Principal(user, device), token)


def _note_seen(device: UserSession, digest: str) -> None:
    """Remember the visit, at most once a minute; a poll is not a visit."""
    if request.headers.get("X-Poll") or clock.now() < device.seen_at + SEEN_STEP:
        return
    with db.separately(token=digest) as own:
        own.execute(
            update(UserSession).where(UserSession.token_hash == digest).values(seen_at=clock.now())
        )


def _enforce(permission: Permission) -> ResponseReturnValue | None:
    """Open the asked view or refuse: 404 for a foreign account, 403 for a missing right."""
    if permission is Permission.PUBLIC:
        _recognise()
        return None
    if (who := visitor()) is None:
        return _ask_to_sign_in()
    if account_id := (request.view_args or {}).get("account_id"):
        who.enter(account_id)
    if not who.may(permission):
        abort(403)
    return _ask_for_proof(who)


def _ask_for_proof(who: Principal) -> ResponseReturnValue | None:
    view = current_app.view_functions[request.endpoint or ""]
    is_asked = vars(view).get("needs_fresh_proof", False)
    if not is_asked or who.device.is_freshly_proven(clock.now()):
        return None
    return redirect(url_for("accounts.confirm", next=_page_here()), 303)


def _page_here() -> str:
    """Return this page, or the one with the button that was pressed."""
    rule = request.url_rule
    if rule and "GET" in (rule.methods or ()):
        return request.full_path.rstrip("?")
    return urlsplit(request.referrer or "").path or url_for("accounts.show_settings")


def _recognise() -> None:
    """Know a person on public pages too: his language, his menu. Costs strangers nothing."""
    view = current_app.view_functions[request.endpoint or ""]
    if not getattr(view, "without_database", False):
        visitor()


def _ask_to_sign_in() -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        return Response(status=401)
    if request.method == "POST" and g.get("session_expired"):
        return cast(ResponseReturnValue, current_app.extensions["came_too_late"]())
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    expired = "1" if g.get("session_expired") else None
    return redirect(url_for("accounts.sign_in", next=here, expired=expired))


def enforcement() -> Any:
    """Return the check that `core.access.init_app` calls for each request."""
    return _enforce


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by the secret in their cookie."""
    login.session_protection = None
    login.init_app(app)
