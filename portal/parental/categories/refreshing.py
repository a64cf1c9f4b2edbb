"""Looking at every source of the registry, one after the other, and making a draft of it all."""

import logging

from portal.config import Settings
from portal.core.db import transaction
from portal.core.errors import RuleError
from portal.core.outside import Guard
from portal.core.text import _l
from portal.parental.categories import actions
from portal.parental.categories.fetching import Fetched, Known, fetch
from portal.parental.categories.reading import LARGEST_FILE, read_names
from portal.parental.categories.registry import Source, registry
from portal.parental.limits import never_blocked

log = logging.getLogger(__name__)


def refresh(settings: Settings) -> bool:
    """Look at all sources, and prepare a release; return whether something waits for release.

    A source that can't be read keeps its names of before, and the reason. Each source is a short
    transaction of its own; nothing is fetched inside one.
    """
    for entry in registry():
        for source in entry.sources:
            _look(settings, entry.code, source)
    with transaction():
        actions.forget_sources(registry())
        return actions.prepare_release(never_blocked=never_blocked(settings)) is not None


def _look(settings: Settings, code: str, source: Source) -> None:
    with transaction():
        known = actions.known_of(code, source.key)
    try:
        fetched = fetched_now(source, known, Guard(settings.category_networks))
        read = (
            read_names(fetched.content, never_blocked=never_blocked(settings))
            if (fetched.content is not None)
            else None
        )
    except RuleError as fault:
        log.warning("categories.source_failed code=%s source=%s", code, source.key)
        with transaction():
            actions.keep_fault(code, source.key, fault)
        return
    with transaction():
        if read is None:
            actions.keep_unchanged(code, source.key)
        else:
            actions.keep_names(code, source.key, read, known=fetched.known)


def fetched_now(source: Source, known: Known, guard: Guard) -> Fetched:
    """Return what a source holds now. Raises RuleError if it can't be had."""
    if source.url:
        return fetch(source.url, known, guard)
    try:
        with registry().path_of(source).open("rb") as file:
            return Fetched(file.read(LARGEST_FILE + 1))
    except OSError as error:
        raise RuleError(
            _l("The file can’t be read: %(reason)s."), field="file", reason=error.strerror or "?"
        ) from None
