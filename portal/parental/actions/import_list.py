"""Taking over a list: prepared with a preview first, then all of it or nothing."""

from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert

from portal.accounts.models import User
from portal.core import audit, clock, ids, throttle
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental import queries
from portal.parental.actions.change_sites import refuse_full
from portal.parental.comparison import Comparison, Fate, Key, compare
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.lists import Entry, Reading, Refusal, read_list
from portal.parental.models import IMPORT_KEPT, ListImport, Profile, Rule
from portal.parental.publisher import save
from portal.parental.sites import Action, shown_name

MOST_SHOWN = 100
TRIES_AN_HOUR = 30


class Source(NamedTuple):
    """A list that somebody brings: its text, and the name of its file ("" if it was pasted)."""

    text: str
    name: str = ""


def prepare_import(
    profile: Profile,
    *,
    source: Source,
    action: Action,
    limits: Limits,
    by: User,
) -> ListImport:
    """Read a list and keep what it would change, so that it can be looked at before.

    Raises RuleError (field `file`) if the list is too long, names no
    site at all, or leaves more sites than the profile has room for.
    """
    throttle.hit(
        f"parental.import {profile.account_id}", limit=TRIES_AN_HOUR, window=timedelta(hours=1)
    )
    reading = read_list(source.text, action=action, never_blocked=limits.never_blocked)
    if not reading.entries and not reading.refused:
        raise RuleError(_l("There is no site in this list."), field="file")
    comparison = _compared(profile, reading.entries)
    refuse_full(profile, more=len(comparison.added), limits=limits, field="file")
    prepared = ListImport(
        id=ids.uuid7(),
        account_id=profile.account_id,
        profile_id=profile.id,
        user_id=by.id,
        action=action,
        source=source.name,
        added=[list(entry[1:4]) for entry in comparison.added],
        fates=_counted(comparison, reading),
        samples=_samples(comparison, reading),
        total=len(reading.entries) + len(reading.refused),
        created_at=clock.now(),
    )
    session.add(prepared)
    return prepared


def confirm_import(profile: Profile, import_id: UUID, *, by: User, limits: Limits) -> int:
    """Take over a prepared import, all of it or nothing; return how many sites are new.

    What somebody else has added in the meantime is passed over. Records `parental.list_imported`.
    Raises RuleError if it was taken over before, is too old, or no longer fits.
    """
    queries.lock(profile)
    prepared = queries.import_of(profile, import_id, is_locked=True)
    if prepared.confirmed_at is not None:
        raise RuleError(_l("This list has been taken over already."))
    if clock.now() >= prepared.created_at + IMPORT_KEPT:
        raise RuleError(_l("This preview is too old. Load the list again."))
    entries = [Entry(0, name, below, Action(action)) for name, below, action in prepared.added]
    added = _compared(profile, entries).added
    refuse_full(profile, more=len(added), limits=limits, field="file")
    _insert(profile, added)
    prepared.confirmed_at = clock.now()
    save(profile, Act.LIST_IMPORTED, by=by, count=len(added))
    audit.record("parental.list_imported", subject=prepared, actor=by, count=len(added))
    return len(added)


def _compared(profile: Profile, entries: list[Entry]) -> Comparison:
    lasting, passing = queries.keys_of(profile)
    return compare(entries, lasting, passing=passing)


def _insert(profile: Profile, added: list[Entry]) -> None:
    if not added:
        return
    now = clock.now()
    rows = [
        {
            "id": ids.uuid7(),
            "account_id": profile.account_id,
            "profile_id": profile.id,
            "site": entry.name,
            "subdomains_only": entry.subdomains_only,
            "action": entry.action,
            "note": "",
            "created_at": now,
            "added_in": profile.next_version,
        }
        for entry in added
    ]
    _remove_passing(profile, added)
    session.execute(insert(Rule), rows)


def _remove_passing(profile: Profile, added: list[Entry]) -> None:
    """Let rules that end by themselves make room for lasting ones of the same site."""
    now = clock.now()
    sites = {Key(entry.name, entry.subdomains_only, entry.action) for entry in added}
    for rule in queries.passing_rules(profile):
        if Key(rule.site, rule.subdomains_only, Action(rule.action)) in sites:
            rule.remove(version=profile.next_version, now=now)
    session.flush()


def _counted(comparison: Comparison, reading: Reading) -> dict[str, int]:
    counts = Counter(str(fate) for _entry, fate in comparison.fates)
    return {fate: counts[fate] for fate in Fate} | {"refused": len(reading.refused)}


def _samples(comparison: Comparison, reading: Reading) -> dict[str, list[Any]]:
    """Return the first of each kind, as the preview shows them."""
    shown: dict[str, list[Any]] = {
        fate: [_shown(entry) for entry in comparison.of(fate)[:MOST_SHOWN]] for fate in Fate
    }
    return shown | {"refused": [_refused(refusal) for refusal in reading.refused[:MOST_SHOWN]]}


def _shown(entry: Entry) -> list[Any]:
    return [entry.line, ("*." if entry.subdomains_only else "") + shown_name(entry.name)]


def _refused(refusal: Refusal) -> list[Any]:
    values = {name: str(value) for name, value in refusal.fault.values.items()}
    return [refusal.line, refusal.text, refusal.fault.marked.msgid, values]
