"""The profiles of the children: made, renamed and removed."""

from sqlalchemy import func, select, text

from portal.accounts.models import Account, User
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental import queries
from portal.parental.categories.registry import registry
from portal.parental.devices.actions import revoke_device
from portal.parental.devices.queries import devices_of
from portal.parental.history import Act
from portal.parental.models import CHILD, LONGEST_NAME, MOST_CHILDREN, Profile
from portal.parental.presets import Age, settings_for
from portal.parental.publisher import publish, save
from portal.parental.settings import ProfileSettings

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('profiles'), hashtext(:account_id))")


def add_child(account: Account, *, name: str, age: Age | None, by: User) -> Profile:
    """Make a profile for a child, with the settings of an age if one is named, and publish it.

    Records `parental.child_added`. Raises RuleError (field `name`) without a name, for one that
    is too long or taken, without the option, and beyond MOST_CHILDREN.
    """
    session.execute(_ONE_AT_A_TIME, {"account_id": str(account.id)})
    home = queries.home_profile(account)
    if home is None or not home.is_enforced:
        raise RuleError(_l("Connect Parental control first."), field="name")
    name = _checked(account, name, but=None)
    if _children(account) >= MOST_CHILDREN:
        raise RuleError(
            _l("There is room for %(most)s children. Remove a profile that is not needed."),
            field="name",
            most=MOST_CHILDREN,
        )
    now = clock.now()
    profile = Profile(
        account_id=account.id, kind=CHILD, name=name, is_enforced=True, saved_at=now, created_at=now
    )
    if age is not None:
        profile.preset = age
        profile.settings = settings_for(age, ProfileSettings(), known=registry())
    session.add(profile)
    session.flush()
    queries.lock(profile)
    save(profile, Act.STARTED, by=by)
    audit.record("parental.child_added", subject=profile, actor=by)
    return profile


def rename_child(profile: Profile, *, account: Account, name: str, by: User) -> None:
    """Give a child's profile another name. Records `parental.child_renamed`.

    Raises RuleError (field `name`) as `add_child` does.
    """
    session.execute(_ONE_AT_A_TIME, {"account_id": str(account.id)})
    queries.lock(profile)
    name = _checked(account, name, but=profile)
    if profile.name != name:
        profile.name = name
        audit.record("parental.child_renamed", subject=profile, actor=by)


def remove_child(profile: Profile, *, by: User) -> None:
    """Remove a child's profile, and refuse its devices at once. A second time changes nothing.

    A device that carried it must not open everything, so its address is revoked.
    Records `parental.child_removed`. Raises RuleError for the Home profile.
    """
    queries.lock(profile)
    if profile.is_home:
        raise RuleError(_l("The profile of the whole home can’t be removed."))
    if profile.removed_at is None:
        profile.removed_at = clock.now()
        publish(profile)
        for device in devices_of(profile):
            revoke_device(device, by=by)
        audit.record("parental.child_removed", subject=profile, actor=by)


def _checked(account: Account, name: str, *, but: Profile | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleError(_l("Write the child’s name."), field="name")
    if len(name) > LONGEST_NAME:
        raise RuleError(
            _l("Write a name of at most %(most)s letters."), field="name", most=LONGEST_NAME
        )
    others = (other for other in queries.profiles_of(account) if other is not but)
    taken = (other.name.casefold() for other in others)
    if name.casefold() in taken:
        raise RuleError(_l("There is a profile of this name already."), field="name")
    return name


def _children(account: Account) -> int:
    query = select(func.count()).where(
        Profile.account_id == account.id, Profile.kind == CHILD, Profile.removed_at.is_(None)
    )
    return session.scalar(query) or 0
