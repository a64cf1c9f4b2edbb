"""Reads of the categories: what is released, what waits, and what closes a name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import joinedload

from portal.core.db import session
from portal.core.errors import NotFoundError
from portal.core.paging import Page, page_of
from portal.parental.categories.buckets import bucket_of, unpack
from portal.parental.categories.models import (
    CategoryRelease,
    CategorySource,
    category_bucket,
    category_in_force,
)
from portal.parental.categories.registry import registry
from portal.parental.comparison import names_above
from portal.parental.models import dns_node
from portal.parental.policy import dotted_name
from portal.parental.queries import NODE_IS_ALIVE


def sources() -> Sequence[CategorySource]:
    """Return what every source held at the last look, by code."""
    query = select(CategorySource).order_by(CategorySource.code, CategorySource.source)
    return session.scalars(query).all()


def source_of(code: str, source: str) -> CategorySource | None:
    """Return what a source held at the last look; None if it was never looked at."""
    return session.scalar(
        select(CategorySource).where(CategorySource.code == code, CategorySource.source == source)
    )


def names_of_sources() -> Sequence[tuple[str, bytes]]:
    """Return code and packed names of each source."""
    query = select(CategorySource.code, CategorySource.names).order_by(CategorySource.code)
    return [(code, names) for code, names in session.execute(query)]


def _released() -> Select[CategoryRelease]:
    return (
        select(CategoryRelease)
        .where(CategoryRelease.number.is_not(None))
        .order_by(CategoryRelease.number.desc())
        .limit(1)
    )


def in_force() -> CategoryRelease | None:
    """Return the newest release: what the resolvers follow; None before the first."""
    return session.scalar(_released().options(joinedload(CategoryRelease.author)))


def thin_codes() -> set[str]:
    """Return the categories in force that hold too few names for what they promise."""
    counts = session.scalar(_released().with_only_columns(CategoryRelease.counts)) or {}
    return {entry.code for entry in registry() if entry.is_thin(counts.get(entry.code, 0))}


def draft() -> CategoryRelease | None:
    """Return what was prepared and waits for its release."""
    return session.scalar(select(CategoryRelease).where(CategoryRelease.number.is_(None)))


def release_of(number: int) -> CategoryRelease:
    """Return a release. Raises NotFoundError."""
    query = select(CategoryRelease).where(CategoryRelease.number == number)
    if found := session.scalar(query.options(joinedload(CategoryRelease.author))):
        return found
    raise NotFoundError


def releases(*, after: str | None = None) -> Page[CategoryRelease]:
    """Return a page of the releases, the newest first."""
    query = select(CategoryRelease).where(CategoryRelease.number.is_not(None))
    return page_of(
        query.options(joinedload(CategoryRelease.author)), CategoryRelease.id, after=after
    )


def newest_number() -> int:
    """Return the number of the newest release, 0 before the first."""
    return session.scalar(select(func.max(CategoryRelease.number))) or 0


def masks_of(release: CategoryRelease | None) -> dict[str, int]:
    """Return every name of a release with its mask; empty without one."""
    if release is None:
        return {}
    masks: dict[str, int] = {}
    for digest in digests_of(release):
        masks |= _bucket(digest)
    return masks


def digests_of(release: CategoryRelease) -> list[bytes]:
    """Return the digests of a release's buckets; empty if it is too old to have any."""
    query = select(CategoryRelease.buckets).where(CategoryRelease.id == release.id)
    return list(session.scalar(query) or ())


def _bucket(digest: bytes) -> dict[str, int]:
    query = select(category_bucket.c.blob).where(category_bucket.c.digest == digest)
    return unpack(session.execute(query).scalar_one(), digest)


def mask_of_names(names: Iterable[str], release: CategoryRelease | None = None) -> dict[str, int]:
    """Return the masks of these names' own entries, in `release` or in what is in force.

    Names without an entry are left out. Two statements.
    """
    asked = list(names)
    chosen = (
        select(CategoryRelease.buckets).where(CategoryRelease.id == release.id)
        if release
        else _released().with_only_columns(CategoryRelease.buckets)
    )
    digests = session.scalar(chosen)
    if not digests or not asked:
        return {}
    wanted = {bytes(digests[bucket_of(name)]) for name in asked}
    query = select(category_bucket).where(category_bucket.c.digest.in_(wanted))
    held: dict[str, int] = {}
    for digest, blob in session.execute(query):
        held |= unpack(blob, digest)
    return {name: held[name] for name in asked if name in held}


def categories_above(host: str) -> Callable[[bytes], int]:
    """Return what `verdict` asks for the categories of a host: the masks in force, by wire name."""
    masks = mask_of_names([host, *names_above(host)])
    return lambda wire: masks.get(dotted_name(wire), 0)


@dataclass(frozen=True)
class Holding:
    """What a resolver host holds: release `number` (0: none); `loading` another one over it."""

    node: str
    number: int
    loading: int | None
    changed_at: datetime


def holdings() -> list[Holding]:
    """Return what each living resolver host holds, by name; a silent one is left out."""
    query = (
        select(
            dns_node.c.name,
            func.coalesce(category_in_force.c.number, 0),
            category_in_force.c.loading,
            func.coalesce(category_in_force.c.changed_at, dns_node.c.seen_at),
        )
        .select_from(
            dns_node.outerjoin(category_in_force, category_in_force.c.node == dns_node.c.name)
        )
        .where(dns_node.c.seen_at > func.clock_timestamp() - NODE_IS_ALIVE)
        .order_by(dns_node.c.name)
    )
    return [Holding(*row) for row in session.execute(query)]


def hold() -> None:
    """Let nobody else prepare, release or clear until our commit."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('categories'))"))
