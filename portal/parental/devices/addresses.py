"""Under which addresses a device asks the resolvers."""

from dataclasses import dataclass

from portal.config import Settings
from portal.parental.devices.models import Device


@dataclass(frozen=True)
class Addresses:
    """`doh_url` for DNS over HTTPS, `dot_host` for DNS over TLS; '' where there is none."""

    doh_url: str
    dot_host: str


def addresses_of(device: Device, settings: Settings) -> Addresses:
    """Return where this device asks, by the operator's DOH_URL and DOT_DOMAIN."""
    return Addresses(
        doh_url=f"{settings.doh_url}/{device.token}" if settings.doh_url else "",
        dot_host=f"{device.token}.{settings.dot_domain}" if settings.dot_domain else "",
    )
