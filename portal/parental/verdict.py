"""The matcher: is a name open under a policy at a moment, by which rule, and until when.

It works on the encoded bytes, as the resolvers do. Order of the verdict: pause, own rules
(the longest match; allow wins a tie), bedtime, windows, categories, safe search.
"One more hour" suspends bedtime and windows, never lists, categories or safe search.
Source: parental-control.md, "How it is enforced".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from portal.parental import policy as form
from portal.parental.policy import HALF_HOURS, Window, dotted_name, window_at

EPOCH = date(1970, 1, 1)
_MINUTES_TO_MONDAY = 4320  # 1 January 1970 was a Thursday
_WEEK_MINUTES = 10080

Categories = Callable[[bytes], int]
"""Return the mask of a wire name's own entry in the operator's categories, 0 without one."""


class Outcome(StrEnum):
    """What a policy says of a name."""

    NONE = "none"
    PAUSE = "pause"
    OWN_BLOCK = "own_block"
    OWN_ALLOW = "own_allow"
    BEDTIME = "bedtime"
    WINDOW = "window"
    CATEGORY = "category"
    SAFE_SEARCH = "safe_search"


CLOSED = {Outcome.PAUSE, Outcome.OWN_BLOCK, Outcome.BEDTIME, Outcome.WINDOW, Outcome.CATEGORY}


@dataclass(frozen=True)
class Verdict:
    """What decided: the site of `rule`, the categories of `mask`; `until` in Unix seconds."""

    outcome: Outcome
    rule: str | None = None
    mask: int = 0
    until: int | None = None

    @property
    def is_closed(self) -> bool:
        return self.outcome in CLOSED


@dataclass(frozen=True)
class FreeDays:
    """Public holidays as a dated bitmap: bit n of byte n / 8 is the n-th day after `first`."""

    first: int = 0  # days since 1 January 1970
    bits: bytes = b""

    @classmethod
    def of(cls, days: set[date]) -> "FreeDays":
        """Return the bitmap of these days."""
        if not days:
            return cls()
        first = (min(days) - EPOCH).days
        bits = sum(1 << (day - EPOCH).days - first for day in days)
        return cls(first, bits.to_bytes((bits.bit_length() + 7) // 8, "little"))

    @classmethod
    def decode(cls, blob: bytes) -> "FreeDays":
        """Read `encode`'s bytes: u32 little-endian first day, then the bitmap."""
        return cls(int.from_bytes(blob[:4], "little"), blob[4:])

    def encode(self) -> bytes:
        return self.first.to_bytes(4, "little") + self.bits

    def holds(self, day: int) -> bool:
        place = day - self.first
        return 0 <= place < len(self.bits) * 8 and bool(self.bits[place >> 3] >> (place & 7) & 1)

    def days(self) -> Iterator[date]:
        for place in range(len(self.bits) * 8):
            if self.holds(self.first + place):
                yield EPOCH + timedelta(days=self.first + place)


NO_FREE_DAYS = FreeDays()


def verdict(
    blob: bytes,
    name: bytes,
    *,
    at: int,
    categories: Categories = lambda _name: 0,
    free_days: FreeDays = NO_FREE_DAYS,
) -> Verdict:
    """Return what the encoded policy says of a wire name (lower case) at Unix second `at`."""
    return _Question(blob, name, at, free_days).answer(categories)


class _Question:
    """One name at one moment under one policy."""

    def __init__(self, blob: bytes, name: bytes, at: int, free_days: FreeDays) -> None:
        self.blob, self.name, self.at, self.free_days = blob, name, at, free_days
        version: int
        self.flags: int
        self.zone: int
        self.pause_until: int
        self.bonus_until: int
        self.window_count: int
        self.mask: int
        self.rule_count: int
        self.table_at: int
        (
            version, self.flags, self.zone, self.pause_until, self.bonus_until,
            self.window_count, self.mask, self.rule_count, self.table_at,
        ) = form.HEADER.unpack_from(blob)  # fmt: skip
        if version != form.VERSION:
            raise form.PolicyError(f"version {version}")

    def answer(self, categories: Categories) -> Verdict:
        if self.at < self.pause_until:
            return Verdict(Outcome.PAUSE, until=self.pause_until)
        return (
            self._own_rule()
            or self._bedtime()
            or self._category(categories)
            or Verdict(Outcome.SAFE_SEARCH if self.flags & form.SAFE_SEARCH else Outcome.NONE)
        )

    @cached_property
    def windows(self) -> list[Window]:
        """The windows that are on now."""
        if self.at < self.bonus_until:
            return []
        every = (window_at(self.blob, number) for number in range(self.window_count))
        return [window for window in every if self._is_on(window, self.at)]

    def _is_on(self, window: Window, moment: int) -> bool:
        minutes = moment // 60 + self.zone
        week = window.free_days if self.free_days.holds(minutes // 1440) else window.school_days
        return bool(week >> (minutes + _MINUTES_TO_MONDAY) % _WEEK_MINUTES // 30 & 1)

    def _ends(self, window: Window) -> int | None:
        """Return when a window that is on goes off; None if not within a week."""
        slot = (self.at // 60 + self.zone) // 30
        for later in range(slot + 1, slot + HALF_HOURS + 1):
            moment = (later * 30 - self.zone) * 60
            if not self._is_on(window, moment):
                return moment
        return None

    def _own_rule(self) -> Verdict | None:
        for start in _suffixes(self.name):
            found = list(self._rules_of(self.name[start:], is_whole=start == 0))
            for allow, outcome in ((form.ALLOW, Outcome.OWN_ALLOW), (0, Outcome.OWN_BLOCK)):
                ends = [end for bits, end in found if bits & form.ALLOW == allow]
                if ends:
                    site = dotted_name(self.name[start:])
                    return Verdict(outcome, site, until=_latest(ends))
        return None

    def _rules_of(self, site: bytes, *, is_whole: bool) -> Iterator[tuple[int, int | None]]:
        """Return action and end of the live rules for exactly this site."""
        place = self._first_place(site)
        while place < self.rule_count:
            bits, expires, name = self._record(place)
            if name != site:
                return
            if self._is_live(bits, expires, is_whole=is_whole):
                yield bits, self._rule_end(bits, expires)
            place += 1

    def _is_live(self, bits: int, expires: int, *, is_whole: bool) -> bool:
        excluded = form.SUBDOMAINS if is_whole else form.EXACT
        if bits & excluded or (expires and expires <= self.at):
            return False
        return not bits & form.IN_WINDOWS or any(window.own_rules for window in self.windows)

    def _rule_end(self, bits: int, expires: int) -> int | None:
        ends = [expires] if expires else []
        if bits & form.IN_WINDOWS:
            end = self._last_end([window for window in self.windows if window.own_rules])
            ends += [end] if end is not None else []
        return min(ends, default=None)

    def _first_place(self, site: bytes) -> int:
        low, high = 0, self.rule_count
        while low < high:
            middle = (low + high) // 2
            if self._record(middle)[2] < site:
                low = middle + 1
            else:
                high = middle
        return low

    def _record(self, place: int) -> tuple[int, int, bytes]:
        (at,) = form.OFFSET.unpack_from(self.blob, self.table_at + place * form.OFFSET.size)
        bits, expires, length = form.RECORD.unpack_from(self.blob, at)
        start = at + form.RECORD.size
        return bits, expires, self.blob[start : start + length]

    def _bedtime(self) -> Verdict | None:
        off = [window for window in self.windows if window.internet_off]
        return Verdict(Outcome.BEDTIME, until=self._last_end(off)) if off else None

    def _category(self, categories: Categories) -> Verdict | None:
        in_windows = 0
        for window in self.windows:
            in_windows |= window.mask
        if not self.mask | in_windows:
            return None
        entries = [(start, categories(self.name[start:])) for start in _suffixes(self.name)]
        for closing, outcome in ((in_windows, Outcome.WINDOW), (self.mask, Outcome.CATEGORY)):
            for start, mask in entries:
                if mask & closing:
                    site = dotted_name(self.name[start:])
                    return Verdict(outcome, site, mask & closing, self._reopens(entries))
        return None

    def _reopens(self, entries: list[tuple[int, int]]) -> int | None:
        masks = 0
        for _start, mask in entries:
            masks |= mask
        if masks & self.mask:
            return None
        return self._last_end([window for window in self.windows if window.mask & masks])

    def _last_end(self, windows: list[Window]) -> int | None:
        return _latest([self._ends(window) for window in windows])


def _latest(ends: list[int | None]) -> int | None:
    """Return the last of these ends; None, which is no end, is later than all."""
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _suffixes(name: bytes) -> Iterator[int]:
    """Return where each suffix of two labels or more begins, the longest first.

    One label alone is refused everywhere (`read_site`), so it is not looked for.
    """
    at = 0
    while name[at] and name[at + 1 + name[at]]:
        yield at
        at += 1 + name[at]
