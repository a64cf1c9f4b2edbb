"""Open and end sessions."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.devices import Visit
from portal.accounts.models import User, UserSession
from portal.accounts.passwords import hash_password, is_password, needs_rehash
from portal.accounts.proofs import digest, new_token
from portal.accounts.reading import read_login
from portal.core import audit, clock, db, throttle
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l

TRIES_OF_ONE = 5
TRIES_OF_ADDRESS = 20
WINDOW = timedelta(minutes=15)
"""Source: security-checklist 21."""

Opened = tuple[User, UserSession, str]

_WRONG = _l("This sign-in name and this password do not belong together. Check both.")


def sign_in(*, login: str, password: str, visit: Visit) -> Opened:
    """Open a session for whoever `login` (e-mail or phone) and `password` belong to.

    Returns user, device, and the device’s secret, which only its browser keeps. Somebody and nobody
    take the same time and get the same sentence. Records `accounts.user_signed_in`, or, even though
    the request fails, `accounts.sign_in_failed`.
    Raises RuleError if they do not belong together, ThrottledError after five tries in 15 minutes
    under one name or twenty from one network; a device known to him has five tries of its own.
    """
    name = read_login(login)
    _count(name, visit)
    user = queries.person_by_login(name)
    is_right = is_password(password, user.password_hash if user else None)
    if user is None or not is_right or user.disabled_at:
        _note_failure(user)
        raise RuleError(_WRONG, field="password")
    _forgive(user, name, visit)
    db.see(user_id=user.id)
    if user.password_hash and needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    return open_session(user, means="password", visit=visit)


def forget_tries(*logins: str | None) -> None:
    """Let the wrong passwords under these names be forgotten."""
    throttle.forget(*(f"sign-in:who:{login}" for login in logins if login))


def _count(name: str, visit: Visit) -> None:
    """Strangers are counted by name and network; a device that he knows, by itself alone."""
    if visit.known.knows(name):
        throttle.hit(f"sign-in:device:{visit.known.number}", limit=TRIES_OF_ONE, window=WINDOW)
        return
    throttle.hit(f"sign-in:from:{visit.network}", limit=TRIES_OF_ADDRESS, window=WINDOW)
    throttle.hit(f"sign-in:who:{name}", limit=TRIES_OF_ONE, window=WINDOW)


def _forgive(user: User, name: str, visit: Visit) -> None:
    """Forget what `_count` counted for this person, and this one try of the network."""
    forget_tries(user.email, user.phone)
    if visit.known.knows(name):
        throttle.forget(f"sign-in:device:{visit.known.number}")
    else:
        throttle.take_back(f"sign-in:from:{visit.network}")


def _note_failure(user: User | None) -> None:
    with db.separately() as own:
        audit.record_in(own, "accounts.sign_in_failed", user_id=user.id if user else None)


def open_session(user: User, *, means: str, visit: Visit, within: Session | None = None) -> Opened:
    """Open a session of `user` on a new device; return user, device and the device’s secret.

    `means` is how he proved himself: password, join, or the name of an identity provider.
    Records `accounts.user_signed_in`.
    """
    own, token, now = within or session, new_token(), clock.now()
    db.see(user_id=user.id, staff=user.sees_customers, within=own)
    device = UserSession(
        user_id=user.id,
        token_hash=digest(token),
        device=visit.device,
        address=visit.address,
        means=means,
        created_at=now,
        seen_at=now,
        proven_at=now,
    )
    own.add(device)
    own.flush()  # The audit names the device by its id.
    audit.record_in(own, "accounts.user_signed_in", subject=device, actor=user, means=means)
    return user, device, token


def confirm_person(device: UserSession, *, password: str, by: User) -> str:
    """Take a fresh proof of who sits here; return the device's new secret.

    The old secret is void: whoever copied it is out. Records `accounts.person_confirmed`.
    Raises RuleError if the password is wrong, ThrottledError as `sign_in` does.
    """
    throttle.hit(f"confirm:{device.id}", limit=TRIES_OF_ONE, window=WINDOW)
    if not is_password(password, by.password_hash):
        _note_failure(by)
        raise RuleError(_l("This is not your password. Check it and try again."), field="password")
    throttle.forget(f"confirm:{device.id}")
    token = new_token()
    device.token_hash, device.proven_at = digest(token), clock.now()
    audit.record("accounts.person_confirmed", subject=device, actor=by)
    return token


def end_device(device: UserSession, *, by: User) -> None:
    """Sign out one device. A second time changes nothing. Records `accounts.device_ended`."""
    if device.ended_at is None:
        device.ended_at = clock.now()
        audit.record("accounts.device_ended", subject=device, actor=by)


def end_other_devices(user: User, *, but: UUID | None = None) -> None:
    """Sign `user` out everywhere, but for the device with id `but`.

    Records `accounts.devices_ended`.
    """
    running = [UserSession.user_id == user.id, UserSession.ended_at.is_(None)]
    if but:
        running.append(UserSession.id != but)
    session.execute(update(UserSession).where(*running).values(ended_at=clock.now()))
    audit.record("accounts.devices_ended", subject=user, actor=user, user_id=user.id)
