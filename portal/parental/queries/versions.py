"""Reads of a profile's saved versions."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.parental.models import Profile, Rule, SavedVersion


def versions_of(
    profile: Profile, *, after: str | None = None, per_page: int = 25
) -> Page[SavedVersion]:
    """Return a page of the saved versions, newest first."""
    query = select(SavedVersion).where(SavedVersion.profile_id == profile.id)
    return page_of(query, SavedVersion.id, after=after, per_page=per_page)


def version_of(profile: Profile, number: int) -> SavedVersion:
    """Return a saved version of this profile. Raises NotFoundError if it is not kept."""
    query = select(SavedVersion).where(
        SavedVersion.profile_id == profile.id, SavedVersion.number == number
    )
    if found := session.scalar(query):
        return found
    raise NotFoundError


def rules_at(profile: Profile, number: int) -> Sequence[Rule]:
    """Return the rules as they stood in a version, oldest first."""
    query = (
        select(Rule)
        .where(Rule.profile_id == profile.id, Rule.added_in <= number)
        .where(or_(Rule.removed_in.is_(None), Rule.removed_in > number))
        .order_by(Rule.id)
    )
    return session.scalars(query).all()
