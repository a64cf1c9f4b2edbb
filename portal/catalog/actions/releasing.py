"""Release what waits: all of it at once, or nothing."""

from datetime import datetime

from portal.accounts.models import User
from portal.catalog.actions.applying import Loaded, apply_sheet, hold_catalogue
from portal.catalog.drafting import stored
from portal.catalog.models import CatalogueVersion
from portal.catalog.queries import (
    drafts,
    newest_number,
    offerings_with_prices,
    released,
    working_draft,
)
from portal.catalog.sheet import CatalogueSheet
from portal.catalog.transcript import catalogue_of
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l, local


def release_draft(*, seen: str, reason: str, by: User) -> CatalogueVersion:
    """Make the draft with the seal `seen` the catalogue, and empty it.

    Records `catalog.version_released`. Raises RuleError if nothing waits, if the draft or what
    it changes is not what was seen, or if it does not fit together.
    """
    hold_catalogue()
    draft = working_draft()
    if not draft.changes:
        raise RuleError(_l("Nothing waits in the draft: it was released or thrown away meanwhile."))
    draft.check_seen(seen)
    if not draft.may_be_released:
        raise RuleError(_l("The draft cannot be released before everything below is mended."))
    version, _ = _release(draft.sheet, reason=reason, by=by)
    for row in drafts():
        session.delete(row)
    return version


def load_catalogue(sheet: CatalogueSheet, *, reason: str = "", by: User | None = None) -> Loaded:
    """Add or change the offerings of `sheet` by their codes; offerings it leaves out stay.

    It is a release as any other, past the draft; nothing is written if nothing differs.
    Records `catalog.version_released`.
    """
    hold_catalogue()
    now, standing = clock.now(), released()
    known = sheet.by_code
    left_out = [each for each in standing.offerings if each.code not in known]
    whole = CatalogueSheet(offerings=(*sheet.offerings, *left_out)).on(local(now).date())
    if whole == standing:
        return Loaded()
    return _release(whole, reason=reason, by=by)[1]


def _release(
    sheet: CatalogueSheet, *, reason: str, by: User | None
) -> tuple[CatalogueVersion, Loaded]:
    now, offerings = clock.now(), offerings_with_prices()
    number = newest_number()
    if offerings and not number:
        # The catalogue is older than its versions: what stood before is the first one.
        number = 1
        _keep(catalogue_of(offerings, now), number=number, reason="", by=None, now=now)
    loaded = apply_sheet(sheet, offerings, now=now)
    version = _keep(sheet, number=number + 1, reason=reason, by=by, now=now)
    session.flush()  # The audit names the version's id.
    audit.record(
        "catalog.version_released", subject=version, actor=by, number=version.number, **vars(loaded)
    )
    return version, loaded


def _keep(
    sheet: CatalogueSheet, *, number: int, reason: str, by: User | None, now: datetime
) -> CatalogueVersion:
    version = CatalogueVersion(
        number=number,
        released_at=now,
        author_id=by.id if by else None,
        reason=reason,
        sheet=stored(sheet),
    )
    session.add(version)
    return version
