"""What a person settles about himself."""

from collections.abc import Iterable

from sqlalchemy import update

from portal.accounts import letters
from portal.accounts.actions.forgotten import changed_letter
from portal.accounts.actions.new_password import new_hash
from portal.accounts.actions.sign_in import confirm_person, end_other_devices
from portal.accounts.models import User, UserSession
from portal.core import audit
from portal.core.db import session


def rename(user: User, *, name: str) -> None:
    """Call the user by another name. Records `accounts.user_renamed`."""
    if user.name != name:
        user.name = name
        audit.record("accounts.user_renamed", subject=user, actor=user, user_id=user.id)


def choose_language(user: User, *, language: str) -> None:
    """Write to the user in `language`: kk, ru or en. Of two at once the later one counts."""
    session.execute(update(User).where(User.id == user.id).values(language=language))


def choose_theme(user: User, *, theme: str) -> None:
    """Show pages to the user in `theme`: system, light or dark. Of two at once the later counts."""
    session.execute(update(User).where(User.id == user.id).values(theme=theme))


def change_password(
    device: UserSession, *, password: str, new_password: str, known: Iterable[str], by: User
) -> str:
    """Set a new password, sign out the other devices; return this device's new secret.

    Records `accounts.password_changed` and sends a notice. Raises RuleError if the present password
    is wrong or the new one is weak, ThrottledError after five wrong ones.
    """
    token = confirm_person(device, password=password, by=by)
    by.password_hash = new_hash(
        new_password, personal=[by.name, by.email, by.phone, *known], field="new_password"
    )
    end_other_devices(by, but=device.id)
    audit.record("accounts.password_changed", subject=by, actor=by, user_id=by.id)
    letters.send(changed_letter(), to=by.email, language=by.language)
    return token
