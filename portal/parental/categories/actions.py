"""What can be done with the categories: look at sources, prepare, release, go back."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l
from portal.parental.categories import canary, merging, queries
from portal.parental.categories.buckets import Bucket, pack_names, split, unpack_names
from portal.parental.categories.fetching import Known
from portal.parental.categories.models import CategoryRelease, CategorySource, category_bucket
from portal.parental.categories.reading import NamesRead
from portal.parental.categories.registry import Registry, registry
from portal.parental.sites import shown_name

IMPORTED = "imported:"
LOCK = "categories"
LOOK = "portal.parental.categories.jobs.look_at_sources"
RELEASES_KEPT = 20  # older ones stay in the list, but nobody can go back to them


def ask_for_look() -> None:
    """Let the worker look at all sources and prepare a release; never two looks at a time."""
    enqueue(session, LOOK, lock=LOCK)


def known_of(code: str, source: str) -> Known:
    """Return what the server told of the content that we have; nothing if the last look failed."""
    kept = queries.source_of(code, source)
    if kept is None or kept.fault:
        return Known()
    return Known(kept.etag, kept.last_modified)


def keep_names(
    code: str,
    source: str,
    read: NamesRead,
    *,
    known: Known | None = None,
) -> None:
    """Keep what a source holds now. Nothing that resolvers follow changes before a release."""
    now, known = clock.now(), known or Known()
    kept = queries.source_of(code, source) or _new_source(code, source)
    kept.names = pack_names(read.names)
    kept.count, kept.refused, kept.samples = len(read.names), read.refused, read.samples
    kept.etag, kept.last_modified, kept.fault = known.etag, known.last_modified, None
    kept.checked_at = kept.changed_at = now


def keep_unchanged(code: str, source: str) -> None:
    """Note that a source was looked at, and holds what it held."""
    if kept := queries.source_of(code, source):
        kept.checked_at, kept.fault = clock.now(), None


def keep_fault(code: str, source: str, fault: RuleError) -> None:
    """Note why a source could not be read; its names of before stay."""
    kept = queries.source_of(code, source) or _new_source(code, source)
    values = {name: str(value) for name, value in fault.values.items()}
    kept.fault, kept.checked_at = [fault.marked.msgid, values], clock.now()


def _new_source(code: str, source: str) -> CategorySource:
    now = clock.now()
    kept = CategorySource(
        id=ids.uuid7(),
        code=code,
        source=source,
        names=pack_names(()),
        count=0,
        refused=0,
        samples=[],
        etag="",
        last_modified="",
        checked_at=now,
        changed_at=now,
    )
    session.add(kept)
    return kept


def forget_sources(known: Registry) -> int:
    """Forget what the registry names no more; return how many. What was imported stays."""
    named = {(each.code, source.key) for each in known for source in each.sources}
    gone = [
        kept
        for kept in queries.sources()
        if kept.code not in known
        or ((kept.code, kept.source) not in named and not kept.source.startswith(IMPORTED))
    ]
    for kept in gone:
        session.delete(kept)
    return len(gone)


def forget_import(code: str, file: str) -> bool:
    """Forget a list that an operator imported; return whether there was one."""
    kept = queries.source_of(code, IMPORTED + file)
    if kept:
        session.delete(kept)
    return kept is not None


def prepare_release(*, never_blocked: Collection[str] = ()) -> CategoryRelease | None:
    """Make the draft of what all sources hold; return None if it is what is in force.

    The draft of before is gone. Whether it may be released is told by its `blocked`. All reading
    and reckoning comes before the first write: a transaction that writes holds saves up, as long
    as it runs.
    """
    queries.hold()
    base = queries.in_force()
    before, after = queries.masks_of(base), _merged()
    draft = CategoryRelease(
        id=ids.uuid7(),
        base=base.number if base and base.number else 0,
        counts=_by_code(merging.counts(after)),
        difference=_by_code(
            {bit: each.as_json() for bit, each in merging.difference(before, after).items()}
        ),
        blocked=_caught(never_blocked, lambda name: after.get(name, 0)),
        prepared_at=clock.now(),
    )
    buckets = list(split(after))
    session.execute(delete(CategoryRelease).where(CategoryRelease.number.is_(None)))
    if before == after:
        return None
    draft.buckets = _keep_buckets(buckets)
    session.add(draft)
    return draft


def _merged() -> dict[str, int]:
    known = registry()
    return merging.merged(
        (
            known.sites_mask(code),
            merging.left_out(unpack_names(names), known.entry(code).without),
        )
        for code, names in queries.names_of_sources()
        if code in known
    )


def _by_code(by_bit: dict[int, Any]) -> dict[str, Any]:
    """Name bits by their codes; a bit that the registry has lost keeps its number."""
    codes = {each.bit: each.code for each in registry()}
    return {codes.get(bit, str(bit)): value for bit, value in sorted(by_bit.items())}


def _caught(never_blocked: Collection[str], mask_of: Callable[[str], int]) -> list[Any]:
    sites = _watched(never_blocked)
    return [
        [each.site, each.entry, registry().codes_of(each.mask)]
        for each in canary.caught(sites, mask_of)
    ]


def _watched(never_blocked: Collection[str]) -> list[str]:
    return list(dict.fromkeys((*never_blocked, *canary.well_known())))


def _keep_buckets(buckets: list[Bucket]) -> list[bytes]:
    """Keep the buckets that are not there yet; return all digests in their order."""
    rows = [bucket._asdict() for bucket in buckets]
    session.execute(insert(category_bucket).on_conflict_do_nothing(), rows)
    return [bucket.digest for bucket in buckets]


def release_draft(
    *, seen: str, never_blocked: Collection[str] = (), by: User | None
) -> CategoryRelease:
    """Let the resolvers follow the draft with the id `seen`.

    Records `categories.released`. Raises RuleError if it is another draft by now, was made beside
    another release than the one in force, or closes a well-known site.
    """
    queries.hold()
    draft = queries.draft()
    if draft is None or str(draft.id) != seen:
        raise RuleError(_l("This draft has been released or made anew. Look at it again."))
    newest = queries.newest_number()
    if draft.base != newest:
        raise RuleError(
            _l("Another release came meanwhile. Let the sources be looked at again first.")
        )
    _refuse_blocking(draft, never_blocked)
    return _release(draft, number=newest + 1, by=by)


def roll_back(
    number: int, *, seen: int, never_blocked: Collection[str] = (), by: User | None
) -> CategoryRelease:
    """Release the names of an earlier release again, as a new one; `seen` is what was in force.

    Records `categories.released`. Raises RuleError if another one came meanwhile, if the release
    is too old or the one in force, or if it closes a well-known site; NotFoundError.
    """
    queries.hold()
    newest, old = queries.newest_number(), queries.release_of(number)
    if newest != seen:
        raise RuleError(_l("Another release came meanwhile. Look at it again."))
    if number == newest:
        raise RuleError(_l("This release is in force already."))
    buckets = queries.digests_of(old)
    if not buckets:
        raise RuleError(_l("This release is too old: its names are not kept any more."))
    _refuse_blocking(old, never_blocked)
    again = CategoryRelease(
        id=ids.uuid7(),
        base=newest,
        restores=number,
        buckets=buckets,
        counts=old.counts,
        difference={},
        blocked=[],
        prepared_at=clock.now(),
    )
    session.add(again)
    return _release(again, number=newest + 1, by=by)


def _refuse_blocking(release: CategoryRelease, never_blocked: Collection[str]) -> None:
    masks = queries.mask_of_names(canary.names_to_ask(_watched(never_blocked)), release)
    if caught := _caught(never_blocked, lambda name: masks.get(name, 0)):
        raise RuleError(
            _l("It would close %(sites)s. Mend the list, or leave the name out in the registry."),
            sites=", ".join(shown_name(site) for site, _entry, _codes in caught[:5]),
        )


def _release(release: CategoryRelease, *, number: int, by: User | None) -> CategoryRelease:
    release.number, release.released_at = number, clock.now()
    release.author_id = by.id if by else None
    audit.record("categories.released", subject=release, actor=by, number=number)
    return release


def sweep() -> None:
    """Forget the names of old releases, and buckets that no release needs."""
    queries.hold()
    oldest = queries.newest_number() - RELEASES_KEPT
    session.execute(
        update(CategoryRelease).where(CategoryRelease.number <= oldest).values(buckets=None)
    )
    used = select(func.unnest(CategoryRelease.buckets))
    session.execute(delete(category_bucket).where(category_bucket.c.digest.not_in(used)))
