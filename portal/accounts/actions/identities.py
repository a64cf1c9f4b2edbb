"""Sign-in through other providers: linked by the person himself, known by issuer and subject."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.actions.sign_in import Opened, open_session
from portal.accounts.devices import Visit
from portal.accounts.models import Identity, User
from portal.accounts.oidc import Confirmed
from portal.core import audit, clock, db
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l


def sign_in_through(confirmed: Confirmed, *, visit: Visit) -> Opened | None:
    """Open a session for whom the provider confirmed; None if nobody linked this identity.

    It is committed at once, because a provider sends people back with a GET. A provider that maps
    groups to roles decides about the role of staff at each sign-in.
    Records `accounts.user_signed_in`, and `accounts.staff_role_changed` if so.
    """
    with db.separately() as own:
        user = _person_behind(own, confirmed)
        if user is None:
            return None
        _take_role(own, user, confirmed)
        opened = open_session(user, means=confirmed.provider, visit=visit, within=own)
        own.flush()
        own.expunge_all()  # They outlive this short transaction.
        return opened


def _person_behind(own: Session, confirmed: Confirmed) -> User | None:
    db.see(subject=confirmed.subject, within=own)
    linked = (Identity.issuer == confirmed.issuer, Identity.subject == confirmed.subject)
    user = own.scalar(select(User).join(Identity, Identity.user_id == User.id).where(*linked))
    return None if user is None or user.disabled_at else user


def _take_role(own: Session, user: User, confirmed: Confirmed) -> None:
    if not confirmed.maps_roles or user.staff_role == confirmed.staff_role:
        return
    db.see(user_id=user.id, within=own)
    user.staff_role = confirmed.staff_role
    audit.record_in(
        own,
        "accounts.staff_role_changed",
        subject=user,
        user_id=user.id,
        role=confirmed.staff_role,
        provider=confirmed.provider,
    )


def link_identity(confirmed: Confirmed, *, by: User) -> None:
    """Let `by` sign in through this identity from now on. Linking it again changes nothing.

    Records `accounts.identity_linked`. Raises RuleError if it belongs to somebody else.
    """
    known = queries.identity_of(confirmed.issuer, confirmed.subject)
    if known and known.user_id == by.id:
        return
    if known:
        raise RuleError(_l("This sign-in belongs to another person in Kabinet already."))
    identity = Identity(
        user_id=by.id,
        provider=confirmed.provider,
        issuer=confirmed.issuer,
        subject=confirmed.subject,
        shown_name=confirmed.shown_name,
        created_at=clock.now(),
    )
    session.add(identity)
    session.flush()  # The audit names the identity by its id.
    audit.record("accounts.identity_linked", subject=identity, actor=by)


def unlink_identity(identity_id: UUID, *, by: User) -> None:
    """Let `by` no longer sign in through this identity. Records `accounts.identity_unlinked`.

    Raises NotFoundError for anyone else's, RuleError if no other way of signing in would be left.
    """
    own = select(Identity).where(Identity.id == identity_id, Identity.user_id == by.id)
    identity = session.scalar(own)
    if identity is None:
        raise NotFoundError
    if by.password_hash is None and len(queries.identities_of(by)) == 1:
        raise RuleError(_l("This is your only way to sign in. Set a password first."))
    audit.record("accounts.identity_unlinked", subject=identity, actor=by)
    session.delete(identity)
