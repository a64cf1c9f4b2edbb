"""Where somebody sits: what his browser calls itself, and the network he comes from."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from portal.accounts.known_devices import KnownDevice

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_HOME_PREFIX = 64


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who knocks, as far as a request tells without anybody being signed in."""

    device: str
    address: str | None
    language: str
    known: KnownDevice = field(default_factory=KnownDevice)

    @property
    def network(self) -> str:
        """The address to count tries by: one IPv4 address, or a home's /64 of IPv6."""
        return network_of(self.address)


def network_of(address: str | None) -> str:
    """Return an IPv4 address as it is, an IPv6 address as its /64, '' for anything else."""
    try:
        read = ip_address(address or "")
    except ValueError:
        return ""
    if read.version == 4:
        return str(read)
    if read.ipv4_mapped:
        return str(read.ipv4_mapped)
    return str(ip_network((int(read), _HOME_PREFIX), strict=False).network_address)


def device_name(user_agent: str) -> str:
    """Return browser and system, `Chrome, Android`: coarse on purpose; '' when neither is known."""
    return ", ".join(filter(None, (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))))


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
