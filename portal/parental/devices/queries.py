"""Reads of devices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.parental.devices.models import Device
from portal.parental.dns.tokens import is_token
from portal.parental.models import Profile


def devices_of(profile: Profile) -> Sequence[Device]:
    """Return the devices that carry this profile, in the order they were named; at most 20."""
    query = (
        select(Device)
        .where(Device.profile_id == profile.id, Device.revoked_at.is_(None))
        .order_by(Device.created_at, Device.id)
    )
    return session.scalars(query).all()


def device_of(profile: Profile, device_id: UUID) -> Device:
    """Return a device of this profile, revoked or not. Raises NotFoundError."""
    query = select(Device).where(Device.id == device_id, Device.profile_id == profile.id)
    if device := session.scalar(query):
        return device
    raise NotFoundError


def names_of(profile: Profile) -> list[str]:
    """Return the names of the standing devices, in lower case."""
    query = select(func.lower(Device.name)).where(
        Device.profile_id == profile.id, Device.revoked_at.is_(None)
    )
    return list(session.scalars(query))


def device_by_token(token: str) -> Device:
    """Return the standing device of a standing profile that has this token.

    Names the token, then the account, to row-level security: whoever holds the token may set the
    device up. Raises NotFoundError without one.
    """
    if not is_token(token):
        raise NotFoundError
    db.see(token=db.digest(token))
    device = session.scalar(
        select(Device).where(Device.token == token, Device.revoked_at.is_(None))
    )
    if device is None:
        raise NotFoundError
    db.see(account_id=device.account_id)
    standing = select(Profile.id).where(
        Profile.id == device.profile_id, Profile.removed_at.is_(None)
    )
    if session.scalar(standing) is None:
        raise NotFoundError
    return device
