"""The working draft: what waits for a release, laid over what is released. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from portal.catalog.coherence import incoherences
from portal.catalog.faults import Fault
from portal.catalog.models import OfferingDraft
from portal.catalog.sheet import CatalogueSheet, OfferingSheet
from portal.core.errors import RuleError
from portal.core.text import _l


@dataclass(frozen=True)
class Draft:
    """All changes that wait, as they read on `day`.

    `stale` are the codes of offerings that somebody released anew since the change was begun.
    """

    day: date
    released: CatalogueSheet
    changes: dict[str, OfferingSheet]
    stale: tuple[str, ...]

    @cached_property
    def sheet(self) -> CatalogueSheet:
        """Return the catalogue as it would stand after the release."""
        return self.released.with_changes([*self.changes.values()])

    @cached_property
    def faults(self) -> list[Fault]:
        """Return what does not fit together in it."""
        return incoherences(self.sheet, on=self.day) if self.sheet.offerings else []

    @property
    def may_be_released(self) -> bool:
        return bool(self.changes) and not self.stale and not self.faults

    @property
    def seal(self) -> str:
        """Return the mark of everything that it says: of the changes and of what they change."""
        everything = (*self.released.offerings, *self.changes.values())
        return _digest([stored(each) for each in everything])

    def offering(self, code: str) -> OfferingSheet | None:
        """Return one offering as it would stand; None if there is no such code."""
        return self.changes.get(code) or self.released.by_code.get(code)

    def seal_of(self, code: str) -> str:
        """Return the mark of one offering, by which a form knows later what it was opened on."""
        standing = (self.released.by_code.get(code), self.changes.get(code))
        return _digest([stored(each) if each else None for each in standing])

    def faults_of(self, sheet: OfferingSheet) -> list[Fault]:
        """Return what would not fit in `sheet` if it were changed so; paths begin within it."""
        whole = self.sheet.with_changes([sheet])
        place = list(whole.by_code).index(sheet.code)
        unfit = [
            Fault(each.path[2:], each.marked, each.values)
            for each in incoherences(whole, on=self.day)
            if each.path[:2] == ("offerings", place)
        ]
        return [*unfit, *_late(sheet, self.day)]

    def check_seen(self, seal: str) -> None:
        """Raise RuleError if it is not what somebody saw when it bore `seal`."""
        if seal != self.seal:
            raise RuleError(
                _l("The draft was changed meanwhile. Look at it once more: this is how it stands.")
            )


def _late(sheet: OfferingSheet, day: date) -> Iterator[Fault]:
    for place, coming in enumerate(sheet.coming_prices):
        if coming.valid_from < day:
            path = ("coming_prices", place, "valid_from")
            yield Fault(path, _l("must be today or later: what was paid before does not change"))


def composed(released: CatalogueSheet, rows: Iterable[OfferingDraft], day: date) -> Draft:
    """Lay the waiting changes over what is released."""
    standing = released.by_code
    changes, stale = {}, []
    for row in rows:
        changes[row.code] = recalled(row.sheet).on(day)
        before = recalled(row.before).on(day) if row.before else None
        if standing.get(row.code) != before:
            stale.append(row.code)
    return Draft(day, released, changes, tuple(stale))


def stored(sheet: OfferingSheet | CatalogueSheet) -> dict[str, Any]:
    """Return a sheet as the JSON that a row keeps."""
    return sheet.model_dump(mode="json", exclude_defaults=True)


def recalled(kept: dict[str, Any]) -> OfferingSheet:
    """Return the sheet that a row keeps."""
    return OfferingSheet.model_validate(kept)


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
