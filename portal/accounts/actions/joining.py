"""Join a contract: its number and the e-mail on file, a code, and one is its holder."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from portal.accounts import letters, queries
from portal.accounts.actions.new_password import new_hash
from portal.accounts.devices import Visit
from portal.accounts.letters import Letter
from portal.accounts.models import Account, Membership, OneTimeSecret, Role, User
from portal.accounts.proofs import (
    CODE_ATTEMPTS,
    CODE_LASTS,
    LINK_LASTS,
    code_digest,
    digest,
    is_same,
    new_code,
    new_token,
    typed_code,
)
from portal.accounts.reading import read_contract
from portal.core import audit, clock, db, ids, throttle
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l

PURPOSE = "join"
_HOUR = timedelta(hours=1)
_WRONG = _l("This code is not right. Look at the newest e-mail, or ask for another code.")
_OVER = _l("This code has been used or is older than 10 minutes. Ask for another one.")
_TAKEN = _l("Somebody has joined this contract already. Its holder can let you in.")


def ask_to_join(*, contract: str, email: str, visit: Visit, by: User | None) -> str:
    """Begin to join: let a code be sent if contract and e-mail belong together.

    Returns the secret that names this request; its visitor keeps it. Nothing is looked up here,
    so that neither answer nor time can tell what exists. Raises ThrottledError after five requests
    for one contract, or ten from one network, in an hour.
    """
    number, address = read_contract(contract), email.strip().lower()
    throttle.hit(f"join:from:{visit.network}", limit=10, window=_HOUR)
    throttle.hit(f"join:contract:{number}", limit=5, window=_HOUR)
    now, token = clock.now(), new_token()
    db.see(token=digest(token))
    secret = OneTimeSecret(
        id=ids.uuid7(),
        purpose=PURPOSE,
        token_hash=digest(token),
        user_id=by.id if by else None,
        payload={"number": number, "email": address, "language": visit.language},
        created_at=now,
        expires_at=now + CODE_LASTS,
    )
    session.add(secret)
    enqueue(session, "portal.accounts.jobs.send_join_code", secret_id=str(secret.id))
    return token


def send_join_code(secret_id: UUID) -> None:
    """Write to the e-mail on file: the code, or why there is none. A second run does nothing.

    Who is not on file gets nothing at all. Records `accounts.join_code_sent`.
    """
    secret = session.get(OneTimeSecret, secret_id, with_for_update=True)
    if secret is None or secret.account_id or not secret.is_usable(clock.now()):
        return
    account = queries.account_by_number(secret.payload["number"])
    if account is None or (account.email or "").lower() != secret.payload["email"]:
        return
    secret.account_id = account.id
    letters.send(
        _letter_about(secret, account),
        to=secret.payload["email"],
        language=secret.payload["language"],
    )


def _letter_about(secret: OneTimeSecret, account: Account) -> Letter:
    if queries.has_holder(account.id):
        return _taken_letter(account)
    if secret.user_id is None and queries.person_by_login(secret.payload["email"]):
        return _known_letter(account)
    code = new_code()
    secret.code_hash = code_digest(code, token=secret.token_hash)
    audit.record("accounts.join_code_sent", subject=account, account_id=account.id)
    return _code_letter(account, code)


def _code_letter(account: Account, code: str) -> Letter:
    return Letter(
        subject=_l("Your code: %(code)s"),
        lines=(
            _l("Your code is %(code)s."),
            _l("Enter it to join contract %(number)s in Kabinet. It works for 10 minutes."),
            _l("Never tell it to anybody, not even to us."),
            _l("If you did not ask for it, do nothing: nobody can join without the code."),
        ),
        act=_l("Enter the code"),
        endpoint="accounts.enter_code",
        values={"code": code, "number": account.written_number},
    )


def _known_letter(account: Account) -> Letter:
    return Letter(
        subject=_l("You have a sign-in already"),
        lines=(
            _l("Somebody, probably you, wanted to join contract %(number)s with this address."),
            _l("You sign in to Kabinet with it already. Sign in, then choose “Add a contract”."),
        ),
        act=_l("Sign in"),
        endpoint="accounts.sign_in",
        values={"number": account.written_number},
    )


def _taken_letter(account: Account) -> Letter:
    return Letter(
        subject=_l("Contract %(number)s has been joined already"),
        lines=(
            _l("Somebody, probably you, wanted to join contract %(number)s with this address."),
            _l("It has a holder in Kabinet already. If that is you, sign in."),
            _l("If you do not know who it is, call us."),
        ),
        act=_l("Sign in"),
        endpoint="accounts.sign_in",
        values={"number": account.written_number},
    )


def check_code(token: str, *, code: str) -> OneTimeSecret:
    """Prove the request that `token` names by its code; return it, proven.

    Each try counts, even though the request fails. Proven, it may be finished for 30 minutes.
    Raises RuleError if the code is wrong, over, or was tried five times.
    """
    hashed = digest(token)
    with db.separately(token=hashed) as own:
        counted = own.execute(
            update(OneTimeSecret)
            .where(OneTimeSecret.token_hash == hashed, OneTimeSecret.purpose == PURPOSE)
            .where(OneTimeSecret.tries < CODE_ATTEMPTS)
            .values(tries=OneTimeSecret.tries + 1)
            .returning(OneTimeSecret.id)
        ).one_or_none()
    secret = queries.secret_of(token, PURPOSE, lock=True)
    if counted is None or secret is None:
        raise RuleError(_OVER, field="code")
    given = code_digest(typed_code(code), token=hashed)
    if not is_same(secret.code_hash or "", given):
        raise RuleError(_WRONG, field="code")
    secret.payload = {**secret.payload, "proven": True}
    secret.expires_at = clock.now() + LINK_LASTS
    return secret


def finish_joining(
    token: str, *, name: str, password: str, known: Iterable[str], language: str
) -> User:
    """Make a user of whoever proved the request, and let him hold its contract.

    `known` are words that the password may not be made of, such as the operator's name.
    Records `accounts.user_joined`. Raises RuleError if the request is not proven or over, if the
    contract has a holder meanwhile, if the e-mail signs in already, or if the password is weak.
    """
    secret = _proven(token)
    email = secret.payload["email"]
    if queries.person_by_login(email):
        raise RuleError(_l("You sign in with this e-mail already. Sign in, then add the contract."))
    now, user_id = clock.now(), ids.uuid7()
    user = User(
        id=user_id,
        name=name,
        email=email,
        password_hash=new_hash(password, personal=[name, email, *known]),
        language=language,
        theme="system",
        created_at=now,
    )
    db.see(user_id=user_id)
    session.add(user)
    session.flush()  # The membership's foreign key needs the row.
    _hold(user, secret)
    return user


def become_holder(token: str, *, by: User) -> UUID:
    """Let a signed-in user hold the contract of a request that he asked for and proved.

    Returns the contract's id. Records `accounts.user_joined`. Raises RuleError as
    `finish_joining` does.
    """
    secret = _proven(token)
    if secret.user_id != by.id:
        raise RuleError(_OVER)
    return _hold(by, secret)


def _proven(token: str) -> OneTimeSecret:
    secret = queries.secret_of(token, PURPOSE, lock=True)
    if secret is None or secret.account_id is None or not secret.payload.get("proven"):
        raise RuleError(_OVER)
    return secret


def _hold(user: User, secret: OneTimeSecret) -> UUID:
    """Two people at once: the second waits for the contract's row, and finds it held."""
    account_id = secret.account_id
    if account_id is None:
        raise RuleError(_OVER)
    db.see(account_id=account_id)
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    if queries.has_holder(account_id):
        raise RuleError(_TAKEN)
    now = clock.now()
    known = queries.membership_of(user.id, account_id)
    if known:
        known.become_holder()
    else:
        session.add(
            Membership(user_id=user.id, account_id=account_id, role=Role.HOLDER, created_at=now)
        )
    secret.used_at = now
    audit.record("accounts.user_joined", subject=user, actor=user, account_id=account_id)
    return account_id
