"""Releases as rows, for tests whose session is the owner's and not a request's."""

from sqlalchemy.dialects.postgresql import insert

from portal.core import clock, ids
from portal.parental.categories.buckets import split
from portal.parental.categories.models import CategoryRelease, category_bucket


def add_release(db, number, masks=None, **more):
    """Add a release, or with None as its number the draft, of names with their masks."""
    masks = masks or {}
    parts = [bucket._asdict() for bucket in split(masks)]
    db.execute(insert(category_bucket).on_conflict_do_nothing(), parts)
    values = {"base": (number or 1) - 1, "counts": {"adult": len(masks)}, "difference": {}}
    release = CategoryRelease(
        id=ids.uuid7(),
        number=number,
        buckets=[part["digest"] for part in parts],
        released_at=clock.now() if number else None,
        prepared_at=clock.now(),
        **values | {"blocked": []} | more,
    )
    db.add(release)
    db.flush()
    return release
