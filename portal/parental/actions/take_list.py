"""Taking over a list that was looked at, all of it or nothing; and undoing that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from portal.accounts.models import User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental import queries
from portal.parental.actions.change_sites import refuse_full
from portal.parental.actions.read_list import compared
from portal.parental.comparison import Key
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.lists import Entry
from portal.parental.models import IMPORT_KEPT, ListImport, Profile, Rule
from portal.parental.publisher import save
from portal.parental.sites import Action


def confirm_import(profile: Profile, import_id: UUID, *, by: User, limits: Limits) -> int:
    """Take over a prepared import, all of it or nothing; return how many sites are new.

    What somebody else has added in the meantime is passed over. Records `parental.list_imported`.
    Raises RuleError if it was taken over before, is too old, is refused or no longer fits.
    """
    queries.lock(profile)
    prepared = queries.import_of(profile, import_id, is_locked=True)
    _refuse_unready(prepared)
    added = compared(profile, _wanted(prepared)).added
    refuse_full(profile, more=len(added), limits=limits, field="file")
    _remove_passing(profile, added)
    _insert(profile, added)
    prepared.confirmed_at, prepared.version = clock.now(), profile.next_version
    prepared.content = None
    save(profile, Act.LIST_IMPORTED, by=by, count=len(added))
    audit.record("parental.list_imported", subject=prepared, actor=by, count=len(added))
    return len(added)


def undo_import(profile: Profile, import_id: UUID, *, by: User) -> int:
    """Take out what an import brought, and bring back what it replaced; return how many go.

    What was changed by hand since then stays as it is. A second time changes nothing.
    Records `parental.import_undone`. Raises RuleError if it is too late or nothing was taken over.
    """
    queries.lock(profile)
    prepared = queries.import_of(profile, import_id, is_locked=True)
    if prepared.undone_at is not None:
        return 0
    now = clock.now()
    if not prepared.can_be_undone(now):
        raise RuleError(_l("This import can’t be undone any more. Remove the sites one by one."))
    removed = _remove_added(profile, prepared, now=now)
    _bring_back(profile, prepared, removed, now=now)
    prepared.undone_at = now
    save(profile, Act.IMPORT_UNDONE, by=by)
    audit.record("parental.import_undone", subject=prepared, actor=by, count=len(removed))
    return len(removed)


def _refuse_unready(prepared: ListImport) -> None:
    if prepared.confirmed_at is not None:
        raise RuleError(_l("This list has been taken over already."))
    if clock.now() >= prepared.created_at + IMPORT_KEPT:
        raise RuleError(_l("This preview is too old. Load the list again."))
    if prepared.is_being_read or not prepared.added:
        raise RuleError(_l("There is nothing to take over from this list."))


def _wanted(prepared: ListImport) -> list[Entry]:
    """Return the entries as they were when the list was looked at; those that ended are gone."""
    now = clock.now()
    entries = [_entry(stored) for stored in prepared.added]
    return [entry for entry in entries if entry.expires_at is None or entry.expires_at > now]


def _entry(stored: list[Any]) -> Entry:
    name, subdomains_only, action, note, end, in_windows = [*stored, "", None, False][:6]
    expires_at = datetime.fromisoformat(end) if end else None
    return Entry(0, name, subdomains_only, Action(action), note, expires_at, in_windows)


_INSERT = text(
    """
    insert into parental_rule (
        id, account_id, profile_id, site, subdomains_only, action, note, expires_at, in_windows,
        created_at, added_in
    )
    select new.id, :account_id, :profile_id, new.site, new.below, new.action, new.note,
        new.expires_at, new.in_windows, :now, :version
    from unnest(
        cast(:ids as uuid[]), cast(:sites as text[]), cast(:below as boolean[]),
        cast(:actions as text[]), cast(:notes as text[]), cast(:ends as timestamptz[]),
        cast(:windows as boolean[])
    ) as new(id, site, below, action, note, expires_at, in_windows)
    """
)


def _insert(profile: Profile, added: list[Entry]) -> None:
    """Write the rules in one statement of arrays: some times as fast as 10 000 rows of values."""
    values = {
        "account_id": profile.account_id,
        "profile_id": profile.id,
        "now": clock.now(),
        "version": profile.next_version,
        "ids": [ids.uuid7() for _entry in added],
        "sites": [entry.name for entry in added],
        "below": [entry.subdomains_only for entry in added],
        "actions": [str(entry.action) for entry in added],
        "notes": [entry.note for entry in added],
        "ends": [entry.expires_at for entry in added],
        "windows": [entry.in_windows for entry in added],
    }
    session.execute(_INSERT, values)


def _remove_passing(profile: Profile, added: list[Entry]) -> None:
    """Let rules that end by themselves, or count only at times, make room for lasting ones."""
    now = clock.now()
    wanted = {Key.of(entry) for entry in added}
    for rule in queries.passing_rules(profile):
        if _key(rule) in wanted:
            rule.remove(version=profile.next_version, now=now)
    session.flush()  # They must be gone before their successors come.


def _remove_added(profile: Profile, prepared: ListImport, *, now: datetime) -> set[Key]:
    statement = (
        update(Rule)
        .where(Rule.profile_id == profile.id, Rule.added_in == prepared.version)
        .where(Rule.removed_at.is_(None))
        .values(removed_at=now, removed_in=profile.next_version)
        .returning(Rule.site, Rule.subdomains_only, Rule.action)
        .execution_options(synchronize_session=False)
    )
    return {Key(site, below, Action(action)) for site, below, action in session.execute(statement)}


def _bring_back(
    profile: Profile, prepared: ListImport, removed: set[Key], *, now: datetime
) -> None:
    query = select(Rule).where(Rule.profile_id == profile.id, Rule.removed_in == prepared.version)
    for rule in session.scalars(query).all():
        is_over = rule.expires_at is not None and rule.expires_at <= now
        if _key(rule) in removed and not is_over:
            session.add(rule.copy(version=profile.next_version, now=now))


def _key(rule: Rule) -> Key:
    return Key(rule.site, rule.subdomains_only, Action(rule.action))
