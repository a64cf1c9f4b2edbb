"""The node keeps the free days that the operator's calendar names.

A version counts from a day to come, so a look with each heartbeat is early enough.
"""

import logging
from typing import Any

import psycopg

from portal.parental.dns.store import Store
from portal.parental.verdict import FreeDays
from portal.promises.free_days import VERSIONS, free_days

log = logging.getLogger(__name__)


def keep_free_days(reads: psycopg.Connection[Any], store: Store) -> None:
    """Let the store hold the free days of the calendar.

    A calendar that cannot be read leaves those that are held, or else the built-in table: a
    resolver need not fail because of a holiday.
    """
    held = store.free_days()
    try:
        days = FreeDays.of(free_days(reads.execute(VERSIONS.encode())))
    except (psycopg.ProgrammingError, psycopg.DataError, ValueError) as error:
        if held.bits:
            return
        log.warning("dns.no_calendar reason=%s", error)
        days = FreeDays.of(free_days([]))
    if days != held:
        store.put_free_days(days)
        log.info("dns.free_days_changed last=%s", max(days.days()))
