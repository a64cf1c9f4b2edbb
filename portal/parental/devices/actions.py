"""Naming a device that carries a profile, and taking the profile from it."""

from sqlalchemy import delete, select

from portal.accounts.models import User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.devices import queries
from portal.parental.devices.models import LONGEST_NAME, MOST_DEVICES, REVOKED_KEPT, Device
from portal.parental.dns.tokens import new_token
from portal.parental.limits import BATCH
from portal.parental.models import Profile
from portal.parental.queries import lock


def name_device(profile: Profile, *, name: str, by: User) -> Device:
    """Give a device an address of its own, under which it asks with this profile anywhere.

    Records `parental.device_named`. Raises RuleError (field `name`) without a name, with one that
    is too long or taken, and if the profile has MOST_DEVICES.
    """
    name = " ".join(name.split())
    if not name:
        raise RuleError(_l("Write a name, so that you know the device later."), field="name")
    if len(name) > LONGEST_NAME:
        raise RuleError(
            _l("Write a name of at most %(most)s letters."), field="name", most=LONGEST_NAME
        )
    lock(profile)
    _refuse_taken(profile, name)
    device = Device(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        policy_id=profile.policy_id,
        name=name,
        token=new_token(),
        created_at=clock.now(),
    )
    session.add(device)
    audit.record("parental.device_named", subject=device, actor=by)
    return device


def revoke_device(device: Device, *, by: User) -> None:
    """Let the device's address be refused at once. A second time changes nothing.

    Records `parental.device_revoked`.
    """
    session.refresh(device, with_for_update=True)
    if device.revoked_at is not None:
        return
    device.revoke(clock.now())
    audit.record("parental.device_revoked", subject=device, actor=by)


def forget_revoked() -> int:
    """Delete devices of all homes that were revoked long ago: some; return how many."""
    old = select(Device.id).where(Device.revoked_at < clock.now() - REVOKED_KEPT).limit(BATCH)
    return session.connection().execute(delete(Device).where(Device.id.in_(old))).rowcount


def _refuse_taken(profile: Profile, name: str) -> None:
    names = queries.names_of(profile)
    if name.lower() in names:
        raise RuleError(
            _l("A device of this profile is called “%(name)s” already."), field="name", name=name
        )
    if len(names) >= MOST_DEVICES:
        raise RuleError(
            _l(
                "This profile has %(most)s devices, which is as many as it can have. Remove one "
                "that is no longer used."
            ),
            field="name",
            most=MOST_DEVICES,
        )
