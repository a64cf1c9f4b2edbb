"""Throttles that are true across processes: rows of PostgreSQL, written on their own connection."""

from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import text

from portal.core import clock, db
from portal.core.errors import ThrottledError

_HIT = text(
    """
    insert into throttle as t (key, window_ends_at, hits) values (:key, :ends, :times)
    on conflict (key) do update set
        hits = case
            when t.window_ends_at <= :now then :times else least(t.hits + :times, 2000000000)
        end,
        window_ends_at = case when t.window_ends_at <= :now then :ends else t.window_ends_at end
    returning hits, window_ends_at
    """
)
_LOOK = text("select hits, window_ends_at from throttle where key = :key and window_ends_at > :now")
_TAKE_BACK = text("update throttle set hits = greatest(hits - 1, 0) where key = :key")
_FORGET = text("delete from throttle where key = any(:keys)")


def hit(key: str, *, limit: int, window: timedelta, times: int = 1) -> None:
    """Count one try under `key`, or `times`; the first try opens a window of length `window`.

    The key is kept as its sha256, so that no address or e-mail stands in the table.
    Raises ThrottledError, with the seconds left, from try `limit` + 1 on. Survives any refusal.
    """
    now = clock.now()
    with db.separately() as own:
        row = own.execute(
            _HIT, {"key": db.digest(key), "now": now, "ends": now + window, "times": times}
        ).one()
    if row.hits > limit:
        raise ThrottledError(max(int((row.window_ends_at - now).total_seconds()), 1))


def origin(address: str | None) -> str:
    """Return what tries from an IP address are counted under: of IPv6 its network of 64 bits.

    Whoever has one such address has all of the network.
    """
    try:
        known = ip_address(address or "")
    except ValueError:
        return f"address:{address}"
    if known.version == 6 and known.ipv4_mapped is None:
        return f"address:{ip_network((known, 64), strict=False)}"
    return f"address:{known}"


def check(key: str, *, limit: int) -> None:
    """Raise ThrottledError if `key` has used up its tries; counts nothing."""
    now = clock.now()
    with db.separately() as own:
        row = own.execute(_LOOK, {"key": db.digest(key), "now": now}).one_or_none()
    if row and row.hits >= limit:
        raise ThrottledError(max(int((row.window_ends_at - now).total_seconds()), 1))


def forget(*keys: str) -> None:
    """Let the tries of `keys` be forgotten, e.g. after a right password."""
    with db.separately() as own:
        own.execute(_FORGET, {"keys": [db.digest(key) for key in keys]})


def take_back(key: str) -> None:
    """Take one try of `key` back, e.g. of an address from which the password was right."""
    with db.separately() as own:
        own.execute(_TAKE_BACK, {"key": db.digest(key)})
