"""Devices for tests; valid by default."""

from portal.core import clock, ids
from portal.parental.devices.models import Device
from portal.parental.dns.tokens import new_token


def make_device(db, profile, **more):
    """Add a device that carries a profile."""
    values = {"name": "Phone", "token": new_token(), "created_at": clock.now()}
    device = Device(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        policy_id=profile.policy_id,
        **values | more,
    )
    db.add(device)
    db.flush()
    return device
