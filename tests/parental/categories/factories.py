"""Sources and releases for tests; valid by default."""

from portal.parental.categories import actions
from portal.parental.categories.reading import NamesRead

KEPT = ("egov.kz",)


def make_source(db, code, *names, source="list.txt"):
    """Let a source hold these names."""
    actions.keep_names(code, source, NamesRead(set(names)))
    db.flush()


def make_draft(db, **sources):
    """Prepare a release of sources by code, beside those that are there."""
    for code, names in sources.items():
        make_source(db, code.replace("_", "-"), *names)
    draft = actions.prepare_release(never_blocked=KEPT)
    db.flush()
    return draft


def make_release(db, **sources):
    """Release these sources by code, beside those that are there."""
    draft = make_draft(db, **sources)
    released = actions.release_draft(seen=str(draft.id), never_blocked=KEPT, by=None)
    db.flush()
    return released
