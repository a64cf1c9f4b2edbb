"""Collect changes in the working draft; customers see none of it before the release."""

from dataclasses import dataclass

from portal.accounts.models import User
from portal.catalog.actions.applying import hold_catalogue
from portal.catalog.drafting import Draft, stored
from portal.catalog.faults import CatalogueError
from portal.catalog.models import CatalogueVersion, OfferingDraft
from portal.catalog.queries import drafts, working_draft
from portal.catalog.sheet import CatalogueSheet, OfferingSheet
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l

_CHANGED = _l(
    "Somebody changed this offering meanwhile. What you typed is kept here:"
    " open the offering in another window and bring both together."
)


@dataclass(frozen=True)
class Taken:
    """What a file brought into the draft. `missing` are released offerings it does not name."""

    added: int
    changed: int
    missing: tuple[str, ...]


def change_offering(sheet: OfferingSheet, *, seen: str, by: User) -> None:
    """Put an offering into the draft; `seen` is its seal when it was opened, "" for a new one.

    What is as it was released leaves the draft. Records `catalog.offering_drafted`.
    Raises RuleError if the code of a new one is taken, or if somebody changed it meanwhile;
    CatalogueError, with paths within the offering, if it does not fit to the others.
    """
    draft = _held_draft()
    if seen == "" and draft.offering(sheet.code):
        raise RuleError(_l("There is an offering with this code already."), field="code")
    if seen not in {"", draft.seal_of(sheet.code)}:
        raise RuleError(_CHANGED)
    if faults := draft.faults_of(sheet):
        raise CatalogueError(faults)
    _put(draft, [sheet], by)
    audit.record("catalog.offering_drafted", actor=by, code=sheet.code)


def drop_change(code: str, *, seen: str, by: User) -> None:
    """Take one offering out of the draft. Records `catalog.change_dropped`.

    Raises RuleError if somebody changed it meanwhile.
    """
    draft = _held_draft()
    if seen != draft.seal_of(code):
        raise RuleError(_CHANGED)
    for row in drafts():
        if row.code == code:
            session.delete(row)
            audit.record("catalog.change_dropped", actor=by, code=code)


def drop_draft(*, seen: str, by: User) -> None:
    """Throw all waiting changes away. Records `catalog.draft_dropped`.

    Raises RuleError if the draft is not the one with the seal `seen`.
    """
    draft = _held_draft()
    draft.check_seen(seen)
    for row in drafts():
        session.delete(row)
    audit.record("catalog.draft_dropped", actor=by, codes=sorted(draft.changes))


def draft_file(sheet: CatalogueSheet, *, by: User) -> Taken:
    """Put what a file says into the empty draft; offerings that it leaves out stay as they are.

    Records `catalog.file_drafted`. Raises RuleError if the draft is not empty.
    """
    draft = _empty_draft()
    known = draft.released.by_code
    changed = [each for each in sheet.on(draft.day).offerings if known.get(each.code) != each]
    _put(draft, changed, by)
    added = [each.code for each in changed if each.code not in known]
    missing = tuple(code for code in known if code not in sheet.by_code)
    taken = Taken(added=len(added), changed=len(changed) - len(added), missing=missing)
    audit.record(
        "catalog.file_drafted", actor=by, added=taken.added, changed=taken.changed,
        missing=len(missing),
    )  # fmt: skip
    return taken


def draft_version(version: CatalogueVersion, *, by: User) -> None:
    """Put an old release into the empty draft; what it did not know yet stops being sold today.

    Records `catalog.version_drafted`. Raises RuleError if the draft is not empty, or if nothing
    would differ.
    """
    draft = _empty_draft()
    old = CatalogueSheet.model_validate(version.sheet).on(draft.day).by_code
    wanted = [
        old.get(code) or each.withdrawn(draft.day) for code, each in draft.released.by_code.items()
    ]
    changed = [each for each in wanted if draft.released.by_code[each.code] != each]
    if not changed:
        raise RuleError(_l("The catalogue already says what this version says."))
    _put(draft, changed, by)
    audit.record("catalog.version_drafted", subject=version, actor=by, number=version.number)


def _held_draft() -> Draft:
    hold_catalogue()
    return working_draft()


def _empty_draft() -> Draft:
    draft = _held_draft()
    if draft.changes:
        raise RuleError(
            _l("Changes wait in the draft already. Release them or throw them away first.")
        )
    return draft


def _put(draft: Draft, sheets: list[OfferingSheet], by: User) -> None:
    rows = {each.code: each for each in drafts()}
    for sheet in sheets:
        before = draft.released.by_code.get(sheet.code)
        row = rows.get(sheet.code)
        if sheet.on(draft.day) == before:
            _forget(row)
            continue
        row = row or _new_row(sheet.code)
        row.sheet, row.before = stored(sheet), stored(before) if before else None
        row.author_id, row.changed_at = by.id, clock.now()


def _new_row(code: str) -> OfferingDraft:
    row = OfferingDraft(code=code)
    session.add(row)
    return row


def _forget(row: OfferingDraft | None) -> None:
    if row:
        session.delete(row)
