"""What tables and JSON say of a site beside its name."""

from datetime import date, datetime, timedelta

from portal.core.spreadsheet import bare_cell, safe_cell
from portal.core.text import ZONE, _l, is_storable
from portal.parental.lists.entries import fault
from portal.parental.sites import Action, excerpt

LONGEST_NOTE = 120
ALWAYS, WINDOWS = "always", "windows"
LAST_YEAR = 2099  # A policy keeps moments in 32 bits.
_ACTIONS = {
    **dict.fromkeys(("block", "blocked", "closed", "deny"), Action.BLOCK),
    **dict.fromkeys(("allow", "allowed", "open"), Action.ALLOW),
}


def action_of(typed: str) -> Action | None:
    """Return what `block` or `allow` means; None if nothing is written. Raises RuleError."""
    word = typed.strip().lower()
    if word and word not in _ACTIONS:
        raise fault(_l("“%(typed)s” is neither “block” nor “allow”."), typed=excerpt(typed.strip()))
    return _ACTIONS.get(word)


def note_of(typed: str) -> str:
    """Return a note as it is kept. Raises RuleError if it is too long or can't be kept."""
    note = typed.strip()
    if len(note) > LONGEST_NOTE:
        raise fault(_l("Write a note of at most %(most)s letters."), most=LONGEST_NOTE)
    if not is_storable(note):
        raise fault(_l("Remove the invisible control characters from this text."))
    return note


def guarded(note: str) -> str:
    """Return a note as a cell that no spreadsheet takes for a formula; see `unguarded`."""
    return f"'{note}" if _looks_guarded(f"'{note}") else note


def unguarded(cell: str) -> str:
    """Return the note of a cell: without the apostrophes that guard it, if any do."""
    note = bare_cell(cell)
    return note[1:] if _looks_guarded(note) else note


def _looks_guarded(cell: str) -> bool:
    rest = cell.removeprefix("'")
    return rest != cell and (rest.startswith("'") or safe_cell(rest) != rest)


def expiry_of(typed: str) -> datetime | None:
    """Return the moment at which a rule ends: ISO 8601, Almaty's time if no other is named.

    A day alone is meant whole. Nothing written: None. Raises RuleError if it can't be read.
    """
    word = typed.strip()
    if not word:
        return None
    try:
        moment = _moment(word)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not 2000 < moment.year <= LAST_YEAR:
        raise fault(
            _l("“%(typed)s” is no time. Write it as 2026-12-31 or 2026-12-31T18:00."),
            typed=excerpt(word),
        )
    return moment


def is_in_windows(typed: str) -> bool:
    """Say whether a rule counts only in times of the week. Raises RuleError for other words."""
    word = typed.strip().lower()
    if word not in {"", ALWAYS, WINDOWS}:
        raise fault(
            _l("“%(typed)s” is neither “always” nor “windows”."), typed=excerpt(typed.strip())
        )
    return word == WINDOWS


def _moment(word: str) -> datetime:
    if len(word) <= len("2026-12-31"):
        after = date.fromisoformat(word) + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=ZONE)
    moment = datetime.fromisoformat(word)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
