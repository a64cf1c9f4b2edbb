"""A forgotten password: a link by e-mail, once, for half an hour."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from portal.accounts import letters, queries
from portal.accounts.actions.new_password import new_hash
from portal.accounts.actions.sign_in import end_other_devices, forget_tries
from portal.accounts.devices import Visit
from portal.accounts.letters import Letter
from portal.accounts.models import OneTimeSecret, User
from portal.accounts.proofs import LINK_LASTS, digest, new_token
from portal.accounts.reading import read_login
from portal.core import audit, clock, db, ids, throttle
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l

PURPOSE = "reset"
_HOUR = timedelta(hours=1)
_OVER = _l("This link has been used or is older than 30 minutes. Ask for a new one.")


def ask_for_link(*, login: str, visit: Visit) -> None:
    """Let a link be sent to whoever `login` belongs to, if it belongs to anybody.

    Nothing is looked up here, so that the answer cannot tell. Raises ThrottledError after three
    links to one name, or ten from one network, in an hour.
    """
    name = read_login(login)
    throttle.hit(f"reset:from:{visit.network}", limit=10, window=_HOUR)
    throttle.hit(f"reset:who:{name}", limit=3, window=_HOUR)
    secret = _new_secret({"login": name, "language": visit.language})
    session.add(secret)
    enqueue(session, "portal.accounts.jobs.send_reset_link", secret_id=str(secret.id))


def _new_secret(asked: dict[str, str]) -> OneTimeSecret:
    """Return a request that nobody can use yet: its token is thrown away."""
    now, hashed = clock.now(), digest(new_token())
    db.see(token=hashed)
    return OneTimeSecret(
        id=ids.uuid7(),
        purpose=PURPOSE,
        token_hash=hashed,
        payload=asked,
        created_at=now,
        expires_at=now + LINK_LASTS,
    )


def send_reset_link(secret_id: UUID) -> None:
    """Send the link, and void the ones before. A second run does nothing.

    Who was asked for stands in the row and not in the job, whose arguments reach the log; it is
    forgotten here. Records `accounts.reset_link_sent`.
    """
    secret = session.get(OneTimeSecret, secret_id, with_for_update=True)
    if secret is None or not secret.payload:
        return
    asked, secret.payload = secret.payload, {}
    user = queries.person_by_login(asked["login"])
    if user is None or user.disabled_at:
        return
    now, token = clock.now(), new_token()
    _void_links(user)
    secret.user_id, secret.token_hash, secret.expires_at = user.id, digest(token), now + LINK_LASTS
    letters.send(_link_letter(token), to=user.email, language=asked["language"])
    audit.record("accounts.reset_link_sent", subject=user, user_id=user.id)


def _void_links(user: User) -> None:
    usable = (
        OneTimeSecret.user_id == user.id,
        OneTimeSecret.purpose == PURPOSE,
        OneTimeSecret.used_at.is_(None),
    )
    session.execute(update(OneTimeSecret).where(*usable).values(used_at=clock.now()))


def _link_letter(token: str) -> Letter:
    return Letter(
        subject=_l("A new password for Kabinet"),
        lines=(
            _l("Somebody, probably you, asked for a new password."),
            _l("Open the page below within 30 minutes and choose one. It works once."),
            _l("If it was not you, do nothing: your password stays as it is."),
        ),
        act=_l("Choose a new password"),
        endpoint="accounts.reset_password",
        where={"token": token},
    )


def set_new_password(token: str, *, password: str, known: Iterable[str]) -> None:
    """Use the link: set the password and sign out every device. Nobody is signed in by it.

    `known` are words that the password may not be made of, such as the operator's name.
    Records `accounts.password_reset` and sends a notice. Raises RuleError if the link is over, or
    if the password is weak.
    """
    secret = queries.secret_of(token, PURPOSE, lock=True)
    if secret is None or secret.user_id is None:
        raise RuleError(_OVER)
    db.see(user_id=secret.user_id)
    user = queries.person_of(secret.user_id)
    if user is None or user.disabled_at:
        raise RuleError(_OVER)
    user.password_hash = new_hash(password, personal=[user.name, user.email, user.phone, *known])
    secret.used_at = clock.now()
    end_other_devices(user)
    forget_tries(user.email, user.phone)
    audit.record("accounts.password_reset", subject=user, actor=user, user_id=user.id)
    letters.send(changed_letter(), to=user.email, language=user.language)


def changed_letter() -> Letter:
    """Return the notice that a password is another one now."""
    return Letter(
        subject=_l("Your password for Kabinet was changed"),
        lines=(
            _l("Your password was changed, and your other devices were signed out."),
            _l("If it was not you, choose a new password at once and call us."),
        ),
        act=_l("Choose a new password"),
        endpoint="accounts.forgotten_password",
    )
