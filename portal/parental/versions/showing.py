"""How pages write settings: categories by their names, times of the week by what they do."""

from collections.abc import Iterable

from portal.core.text import gettext as _
from portal.parental.asking.showing import names_of
from portal.parental.settings import TimeWindow


def codes(found: Iterable[str]) -> list[str]:
    """Return the names of categories and services in the reader's language."""
    return names_of(found)


def windows(found: Iterable[TimeWindow]) -> list[str]:
    """Return a short name of each time of the week."""
    return [_title(window) for window in found]


def _title(window: TimeWindow) -> str:
    if window.name:
        return window.name
    if window.internet_off:
        return str(_("Bedtime"))
    return ", ".join(names_of(window.closes)) or str(_("Sites of the list"))
