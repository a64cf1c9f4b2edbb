"""People who work for the operator."""

from portal.accounts import queries
from portal.accounts.actions.new_password import new_hash
from portal.accounts.models import StaffRole, User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import FALLBACK, _l


def create_staff(*, name: str, email: str, role: StaffRole, password: str) -> User:
    """Make a sign-in for one of the operator's staff. Records `accounts.staff_created`.

    Raises RuleError if the e-mail signs in already, or if the password is weak.
    """
    address = email.strip().lower()
    if queries.person_by_login(address):
        raise RuleError(_l("Somebody signs in with this e-mail already."), field="email")
    user = User(
        id=ids.uuid7(),
        name=name,
        email=address,
        password_hash=new_hash(password, personal=[name, address]),
        language=FALLBACK,
        theme="system",
        staff_role=role,
        created_at=clock.now(),
    )
    session.add(user)
    audit.record("accounts.staff_created", subject=user, user_id=user.id, role=role)
    return user
