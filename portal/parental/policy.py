"""Binary policy format v2: what one household or child may open, as resolvers read it.

Source: parental-control.md, "Policy format v2". Every number is little-endian and unsigned
unless said otherwise; offsets count from the first byte of the policy.

    HEADER, 32 bytes
     0  u8   version, 2
     1  u8   flags: bit 0 safe search; bits 1-2 YouTube (0 as it is, 1 moderate, 2 strict);
             bit 3 names that were closed are kept
     2  i16  zone offset, minutes east of UTC
     4  u32  pause_until, Unix seconds, 0 = none: until then nothing opens
     8  u32  bonus_until, Unix seconds, 0 = none: until then no window counts
    12  u8   number of windows, 0 to 16
    13  u8   three bytes of zero
    16  u64  mask of the categories and services that are closed at all times
    24  u32  number of own rules
    28  u32  offset of the table of own rules

    WINDOWS, 100 bytes each, from offset 32
     0  u64  mask of the categories and services that are closed in this window
     8  u8   bit 0: own rules marked "in windows" are in force; bit 1: internet off
     9  u8   seven bytes of zero
    16       the week of school days: 42 bytes, one bit for each half-hour, Monday 00:00 first;
             half-hour n is bit n % 8 (from the lowest) of byte n / 8
    58       the week of free days (public holidays), the same

    TABLE OF OWN RULES: one u32 for each rule, the offset of its record. Records are in the order
    of their names as bytes (memcmp, the shorter first), so that a name is found by halving.

    RECORD
     0  u8   action: bit 0 allow (else block), bit 1 the exact name only, bit 2 its subdomains
             only, bit 3 in windows only
     1  u32  expires, Unix seconds, 0 = never: from then on the rule does not exist
     5  u8   length of the name
     6       the name in wire format, lower case, with the zero byte of the root
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from portal.parental.sites import Action

VERSION = 2
MOST_WINDOWS = 16
WEEK_BYTES = 42  # 7 days of 48 half-hours
HALF_HOURS = 336
HEADER = struct.Struct("<BBhIIB3xQII")
WINDOW = struct.Struct(f"<QB7x{WEEK_BYTES}s{WEEK_BYTES}s")
RECORD = struct.Struct("<BIB")
OFFSET = struct.Struct("<I")

SAFE_SEARCH = 1
YOUTUBE_SHIFT = 1
KEEPS_LOG = 8
OWN_RULES = 1
INTERNET_OFF = 2
ALLOW = 1
EXACT = 2
SUBDOMAINS = 4
IN_WINDOWS = 8


class Scope(IntEnum):
    """Which names a rule means, as the bits of its action."""

    SITE = 0  # the name and all below it
    EXACT = EXACT
    SUBDOMAINS = SUBDOMAINS


class PolicyError(ValueError):
    """These bytes are not a policy of this version."""


@dataclass(frozen=True)
class OwnRule:
    """A rule of the parents. `expires` is in Unix seconds, 0 = never."""

    name: str
    action: Action
    scope: Scope = Scope.SITE
    expires: int = 0
    in_windows: bool = False


@dataclass(frozen=True)
class Window:
    """A time of the week that closes something. The weeks are sets of half-hours as bits."""

    mask: int = 0
    own_rules: bool = False
    internet_off: bool = False
    school_days: int = 0
    free_days: int = 0


@dataclass(frozen=True)
class Policy:
    """Everything a resolver must know of one profile; encoded by `encode`."""

    zone_offset: int = 300  # Asia/Almaty
    safe_search: bool = False
    youtube: int = 0
    pause_until: int = 0
    bonus_until: int = 0
    categories: int = 0
    windows: tuple[Window, ...] = ()
    rules: tuple[OwnRule, ...] = ()
    keeps_log: bool = False


def wire_name(name: str) -> bytes:
    """Return a dotted name in DNS wire format, lower case, with the root's zero byte.

    Raises ValueError if a label is empty or over 63 bytes, or the whole over 255.
    """
    wire = bytearray()
    for label in name.lower().encode("ascii").split(b"."):
        if not 0 < len(label) < 64:
            raise ValueError(f"not a name: {name!r}")
        wire += bytes((len(label),)) + label
    if len(wire) > 254:
        raise ValueError(f"too long for a name: {name!r}")
    return bytes(wire) + b"\0"


def dotted_name(wire: bytes) -> str:
    """Return a wire name with dots; the root is ''."""
    labels, at = [], 0
    while wire[at]:
        labels.append(wire[at + 1 : at + 1 + wire[at]].decode("ascii", "backslashreplace"))
        at += 1 + wire[at]
    return ".".join(labels)


def encode(policy: Policy) -> bytes:
    """Return the policy as bytes. Raises PolicyError with more than MOST_WINDOWS windows."""
    if len(policy.windows) > MOST_WINDOWS:
        raise PolicyError("too many windows")
    windows = b"".join(_window(window) for window in policy.windows)
    records = [
        RECORD.pack(action, rule.expires, len(wire)) + wire
        for wire, action, rule in sorted(
            ((wire_name(rule.name), _action_bits(rule), rule) for rule in policy.rules),
            key=lambda each: each[:2],
        )
    ]
    table_at = HEADER.size + len(windows)
    table, at = bytearray(), table_at + OFFSET.size * len(records)
    for record in records:
        table += OFFSET.pack(at)
        at += len(record)
    return _header(policy, table_at) + windows + bytes(table) + b"".join(records)


def decode(blob: bytes) -> Policy:
    """Return what the bytes say; rules come in the order of their wire names.

    Raises PolicyError if they are not a whole policy of version 2.
    """
    try:
        version, flags, zone, pause, bonus, windows, mask, rules, table_at = HEADER.unpack_from(
            blob
        )
        if version != VERSION:
            raise PolicyError(f"version {version}")
        return Policy(
            zone_offset=zone,
            safe_search=bool(flags & SAFE_SEARCH),
            youtube=flags >> YOUTUBE_SHIFT & 3,
            pause_until=pause,
            bonus_until=bonus,
            categories=mask,
            windows=tuple(window_at(blob, number) for number in range(windows)),
            rules=tuple(_rule_at(blob, table_at + OFFSET.size * number) for number in range(rules)),
            keeps_log=bool(flags & KEEPS_LOG),
        )
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise PolicyError(str(error)) from error


def window_at(blob: bytes, number: int) -> Window:
    """Return window `number` (from 0) of an encoded policy."""
    mask, bits, school_days, free_days = WINDOW.unpack_from(
        blob, HEADER.size + number * WINDOW.size
    )
    return Window(
        mask,
        bool(bits & OWN_RULES),
        bool(bits & INTERNET_OFF),
        int.from_bytes(school_days, "little"),
        int.from_bytes(free_days, "little"),
    )


def _header(policy: Policy, table_at: int) -> bytes:
    return HEADER.pack(
        VERSION,
        policy.safe_search * SAFE_SEARCH
        | policy.youtube << YOUTUBE_SHIFT
        | policy.keeps_log * KEEPS_LOG,
        policy.zone_offset,
        policy.pause_until,
        policy.bonus_until,
        len(policy.windows),
        policy.categories,
        len(policy.rules),
        table_at,
    )


def _window(window: Window) -> bytes:
    return WINDOW.pack(
        window.mask,
        window.own_rules * OWN_RULES | window.internet_off * INTERNET_OFF,
        window.school_days.to_bytes(WEEK_BYTES, "little"),
        window.free_days.to_bytes(WEEK_BYTES, "little"),
    )


def _action_bits(rule: OwnRule) -> int:
    return (rule.action is Action.ALLOW) * ALLOW | rule.scope | rule.in_windows * IN_WINDOWS


def _rule_at(blob: bytes, place: int) -> OwnRule:
    (at,) = OFFSET.unpack_from(blob, place)
    bits, expires, length = RECORD.unpack_from(blob, at)
    start = at + RECORD.size
    if start + length > len(blob):
        raise PolicyError("the name of a rule is cut off")
    return OwnRule(
        dotted_name(blob[start : start + length]),
        Action.ALLOW if bits & ALLOW else Action.BLOCK,
        Scope(bits & (EXACT | SUBDOMAINS)),
        expires,
        bool(bits & IN_WINDOWS),
    )
