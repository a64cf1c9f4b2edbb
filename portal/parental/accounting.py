"""Packets of RADIUS accounting as FreeRADIUS' rlm_rest sends them: who got which address.

The body is `body = 'json'` of rlm_rest: {"User-Name": {"type": "string", "value": ["712034456"]}}.
Source: RFC 2866, RFC 2869 (Event-Timestamp), RFC 4818 (Delegated-IPv6-Prefix).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Any

HOME_PREFIX = 56  # bits of IPv6 by which a home is known
STARTS, ENDS, RESETS = {"Start", "Interim-Update"}, {"Stop"}, {"Accounting-On", "Accounting-Off"}
LONGEST_NAME = 253  # octets of a value in RADIUS

Network = IPv4Network | IPv6Network


class UnreadableError(ValueError):
    """These bytes are no packet of accounting."""


@dataclass(frozen=True)
class Session:
    """A packet that says that a session begins, goes on, or ends.

    `number` is the contract's: the user name without its realm. `began_at` is when the session
    began, `at` when what the packet tells happened.
    """

    key: str
    nas: str
    number: str
    networks: tuple[Network, ...]
    began_at: datetime
    at: datetime
    is_end: bool


@dataclass(frozen=True)
class Reset:
    """An access server began anew, or goes down: all its sessions are over."""

    nas: str
    at: datetime


Leave = Callable[[str, int], object]
"""Hears that a prefix of this access server (NAS), of so many bits, is left alone."""


def read(
    body: bytes, *, event_time: str, now: datetime, leave: Leave = lambda _nas, _length: None
) -> Session | Reset | None:
    """Return what the packet says; None if it is not about addresses.

    `event_time` is Event-Timestamp in Unix seconds, or ''. A time to come, which only a wrong
    clock can tell, counts as now. Raises UnreadableError.
    """
    try:
        packet = _Packet(json.loads(body))
        return _read(packet, event_time, now, leave)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise UnreadableError(str(error)) from error


class _Packet:
    def __init__(self, attributes: Any) -> None:
        self.attributes: dict[str, Any] = dict(attributes)

    def all(self, name: str) -> list[str]:
        values = self.attributes.get(name, {"value": []})["value"]
        found = [str(value) for value in values]
        if any(len(value) > LONGEST_NAME or "\0" in value for value in found):
            raise ValueError(f"{name} is no value of RADIUS")
        return found

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def seconds(self, name: str) -> timedelta:
        return timedelta(seconds=max(0, int(self.first(name) or 0)))


def _read(packet: _Packet, event_time: str, now: datetime, leave: Leave) -> Session | Reset | None:
    kind = packet.first("Acct-Status-Type")
    nas = packet.first("NAS-Identifier") or packet.first("NAS-IP-Address")
    nas = nas or packet.first("NAS-IPv6-Address")
    if not kind or not nas:
        raise ValueError("Acct-Status-Type and NAS-Identifier or NAS-IP-Address are required")
    at = _moment(packet, event_time, now)
    if kind in RESETS:
        return Reset(nas, at)
    session = packet.first("Acct-Session-Id")
    networks = _networks(packet, lambda length: leave(nas, length))
    if kind not in STARTS | ENDS or not networks:
        return None
    if not session:
        raise ValueError("Acct-Session-Id is required")
    return Session(
        key=f"{nas}/{session}",
        nas=nas,
        number=packet.first("User-Name").partition("@")[0].strip(),
        networks=networks,
        began_at=at - packet.seconds("Acct-Session-Time"),
        at=at,
        is_end=kind in ENDS,
    )


def _moment(packet: _Packet, event_time: str, now: datetime) -> datetime:
    if event_time and event_time != "0":
        return min(datetime.fromtimestamp(int(event_time), now.tzinfo), now)
    return now - packet.seconds("Acct-Delay-Time")


def _networks(packet: _Packet, leave: Callable[[int], object]) -> tuple[Network, ...]:
    """Return the home's networks: each IPv4 address, and delegated prefixes of HOME_PREFIX bits.

    A longer prefix could be one of several homes in the same /56, so it is left alone.
    """
    found: list[Network] = [
        IPv4Network(IPv4Address(address)) for address in packet.all("Framed-IP-Address")
    ]
    for prefix in packet.all("Delegated-IPv6-Prefix"):
        network = ip_network(prefix, strict=False)
        if network.version == 6 and network.prefixlen == HOME_PREFIX:
            found.append(network)
        else:
            leave(network.prefixlen)
    return tuple(sorted(set(found), key=str))
