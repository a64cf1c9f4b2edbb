"""Reading a list that somebody wants to take over: at once if it is short, else by the worker."""

from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import update

from portal.accounts.models import User
from portal.core import clock, ids, throttle
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l
from portal.parental import queries
from portal.parental.actions.change_sites import refuse_full
from portal.parental.comparison import Comparison, Fate, compare
from portal.parental.limits import Limits
from portal.parental.lists import Entry, Format, Reading, Refusal, lines_of, read_list
from portal.parental.models import ListImport, Profile
from portal.parental.sites import Action, shown_name

MOST_SHOWN = 100
TRIES_AN_HOUR = 30
# Letters that are read while somebody waits: half a second with the slowest names (measured).
AT_ONCE = 128 * 1024
AT_ONCE_IF_NOT_LATIN = 32 * 1024
READ_BY_WORKER = "portal.parental.jobs.read_long_list"


class Source(NamedTuple):
    """A list that somebody brings: its text, and the name of its file ("" if it was pasted)."""

    text: str
    name: str = ""


class Reader(NamedTuple):
    """How a list is read: where sites go that don't say it, and the format, if it is known."""

    action: Action
    written_as: Format | None = None


def prepare_import(
    profile: Profile, *, source: Source, reader: Reader, limits: Limits, by: User
) -> ListImport:
    """Read a list and keep what it would change, so that it can be looked at before.

    A long list is left to the worker: the import `is_being_read` until then.
    Raises RuleError (field `file`) if the list is too long, broken, names no site at all, or
    leaves more sites than the profile has room for.
    """
    throttle.hit(
        f"parental.import {profile.account_id}", limit=TRIES_AN_HOUR, window=timedelta(hours=1)
    )
    prepared = _new(profile, source=source, reader=reader, by=by)
    if _is_long(source.text):
        prepared.is_being_read = True
        enqueue(session, READ_BY_WORKER, lock=f"import {profile.id}", import_id=str(prepared.id))
    else:
        finish_reading(profile, prepared, read(source.text, reader, limits), limits=limits)
    _forget_older(profile, prepared)
    return prepared


def read(text: str, reader: Reader, limits: Limits, **more: Any) -> Reading:
    """Return what a list says. `more` goes to `read_list`. Raises RuleError as that does."""
    return read_list(
        text,
        action=reader.action,
        written_as=reader.written_as,
        never_blocked=limits.never_blocked,
        **more,
    )


def finish_reading(
    profile: Profile, prepared: ListImport, reading: Reading, *, limits: Limits
) -> None:
    """Keep what a list that was read would change. Raises RuleError as `prepare_import` does."""
    _refuse_ended(reading)
    if not reading.entries and not reading.refused:
        raise RuleError(_l("There is no site in this list."), field="file")
    comparison = compared(profile, reading.entries)
    refuse_full(profile, more=len(comparison.added), limits=limits, field="file")
    prepared.format = reading.format
    prepared.added = [_stored(entry) for entry in comparison.added]
    prepared.fates = _counted(comparison, reading)
    prepared.samples = _samples(comparison, reading)
    prepared.total = len(reading.entries) + len(reading.refused)
    prepared.lines_read, prepared.is_being_read = prepared.lines, False


def list_to_read(import_id: UUID) -> tuple[str, Reader] | None:
    """Return a list that waits for the worker; None if it is read, or not wanted any more."""
    prepared = session.get(ListImport, import_id)
    if prepared is None or not prepared.is_being_read or prepared.content is None:
        return None
    written_as = Format(prepared.written_as) if prepared.written_as else None
    return prepared.content, Reader(Action(prepared.action), written_as)


def tell_progress(import_id: UUID, line: int) -> None:
    """Keep how far the worker is."""
    here = update(ListImport).where(ListImport.id == import_id, ListImport.is_being_read)
    session.execute(here.values(lines_read=line))


def keep_reading(import_id: UUID, reading: Reading | RuleError, *, limits: Limits) -> None:
    """Keep what the worker read, or why all of it is refused. A second time changes nothing."""
    prepared = session.get(ListImport, import_id, with_for_update=True)
    if prepared is None or not prepared.is_being_read:
        return
    profile = session.get_one(Profile, prepared.profile_id)
    try:
        if isinstance(reading, RuleError):
            raise reading
        finish_reading(profile, prepared, reading, limits=limits)
    except RuleError as reason:
        prepared.fault = [reason.marked.msgid, reason.values]
        prepared.is_being_read = False


def compared(profile: Profile, entries: list[Entry]) -> Comparison:
    """Return what becomes of each entry beside the rules that stand now."""
    lasting, passing = queries.keys_of(profile)
    return compare(entries, lasting, passing=passing)


def _new(profile: Profile, *, source: Source, reader: Reader, by: User) -> ListImport:
    prepared = ListImport(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        user_id=by.id,
        action=reader.action,
        source=source.name,
        written_as=reader.written_as,
        content=source.text,
        lines=lines_of(source.text),
        added=[],
        fates={},
        samples={},
        total=0,
        created_at=clock.now(),
    )
    session.add(prepared)
    return prepared


def _is_long(text: str) -> bool:
    return len(text) > (AT_ONCE if text.isascii() else AT_ONCE_IF_NOT_LATIN)


def _forget_older(profile: Profile, prepared: ListImport) -> None:
    """Keep the text of the newest list only: what is not read by now is not wanted any more."""
    older = update(ListImport).where(
        ListImport.account_id == profile.account_id,
        ListImport.profile_id == profile.id,
        ListImport.id != prepared.id,
    )
    session.execute(older.values(content=None, is_being_read=False))


def _refuse_ended(reading: Reading) -> None:
    """Move rules that have ended already from what is taken to what is refused."""
    now = clock.now()
    ended = [entry for entry in reading.entries if entry.expires_at and entry.expires_at <= now]
    if not ended:
        return
    for entry in ended:
        reason = RuleError(_l("This rule has ended already."), field="file")
        reading.refused.append(Refusal(entry.line, _shown(entry), reason))
    reading.refused.sort(key=lambda refusal: refusal.line)
    gone = set(map(id, ended))
    reading.entries[:] = [entry for entry in reading.entries if id(entry) not in gone]


def _stored(entry: Entry) -> list[Any]:
    end = entry.expires_at.isoformat() if entry.expires_at else None
    return [*entry[1:5], end, entry.in_windows]


def _counted(comparison: Comparison, reading: Reading) -> dict[str, int]:
    counts = Counter(str(fate) for _entry, fate in comparison.fates)
    return {fate: counts[fate] for fate in Fate} | {"refused": len(reading.refused)}


def _samples(comparison: Comparison, reading: Reading) -> dict[str, list[Any]]:
    """Return the first of each kind, as the preview shows them."""
    shown: dict[str, list[Any]] = {
        fate: [[entry.line, _shown(entry)] for entry in comparison.of(fate)[:MOST_SHOWN]]
        for fate in Fate
    }
    return shown | {"refused": [_refused(refusal) for refusal in reading.refused[:MOST_SHOWN]]}


def _shown(entry: Entry) -> str:
    return ("*." if entry.subdomains_only else "") + shown_name(entry.name)


def _refused(refusal: Refusal) -> list[Any]:
    values = {name: str(value) for name, value in refusal.fault.values.items()}
    return [refusal.line, refusal.text, refusal.fault.marked.msgid, values]
