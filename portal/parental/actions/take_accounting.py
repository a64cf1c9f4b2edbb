"""The access network tells who is behind an address."""

from sqlalchemy import text

from portal.core.db import session
from portal.parental.accounting import Reset, Session

_TAKE = text("select take_session(:prefix, :number, :session, :nas, :began_at, :at, :is_end)")
_END = text("select end_sessions(:nas, :at)")


def take_accounting(told: Session | Reset) -> int:
    """Write down what a packet tells; return how many addresses it changed.

    A packet that comes twice, late or out of order changes nothing: see the migration
    `0012_take_accounting`. An unknown contract makes the address nobody's.
    """
    if isinstance(told, Reset):
        return int(session.scalar(_END, {"nas": told.nas, "at": told.at}) or 0)
    values = {
        "number": told.number,
        "session": told.key,
        "nas": told.nas,
        "began_at": told.began_at,
        "at": told.at,
        "is_end": told.is_end,
    }
    return sum(
        bool(session.scalar(_TAKE, values | {"prefix": str(network)})) for network in told.networks
    )
