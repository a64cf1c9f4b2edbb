"""The first release of the categories in the demo: the lists that are shipped."""

from portal.accounts.demo import Cast
from portal.core.db import session
from portal.parental.categories import actions
from portal.parental.categories.reading import read_names
from portal.parental.categories.registry import registry


def load(_cast: Cast) -> None:
    """Release the lists of files, so that a switch closes something from the first minute."""
    for entry in registry():
        for source in entry.sources:
            if source.file:
                content = registry().path_of(source).read_bytes()
                actions.keep_names(entry.code, source.key, read_names(content))
    session.flush()  # The draft is made of what the rows hold.
    if draft := actions.prepare_release():
        session.flush()  # It is released as what was seen.
        actions.release_draft(seen=str(draft.id), by=None)
