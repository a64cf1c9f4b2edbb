"""Whether what is kept of a conversation is what its chain says: texts, files, and their order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.appeals import chain

FINGERPRINT = Callable[[str], str | None]


class Fault(StrEnum):
    """What does not hold at a message. The words are those of `flask appeals verify`."""

    LINK = "the chain breaks"
    HEAD = "it is the last message, and not the head"
    TEXT_CHANGED = "the text was changed"
    TEXT_MISSING = "the text is missing, and no erasure is written down"
    TEXT_LEFT = "the text is told as erased, and is still there"
    FILES_CHANGED = "the list of files was changed"
    FILE_RENAMED = "a file was renamed, or shown as another type"
    FILE_LEFT = "a file of an erased message is still there"
    FILE_GONE = "a file is missing, or was changed"


@dataclass(frozen=True)
class File:
    """What is really kept of one file.

    `sha256` as written down, the `key` under which the file lies ('' once it is emptied), and the
    hash of its `label` as it is now, or None when the salt is gone with the text.
    """

    sha256: str
    key: str
    label: str | None


@dataclass(frozen=True)
class Kept:
    """What is really kept of one message.

    `text_hash`: sha256 of salt and text as they are now, in hex, or None without a text. `head`:
    the hash that the appeal has as its newest.
    """

    text_hash: str | None
    is_erased: bool
    files: tuple[File, ...]
    head: str


@dataclass(frozen=True)
class Broken:
    """A message, counted from 1, at which something does not hold."""

    place: int
    fault: Fault


def check(
    links: Sequence[chain.Link], kept: Sequence[Kept], fingerprint: FINGERPRINT
) -> list[Broken]:
    """Return everything that does not hold in a conversation, in its order; empty if all does.

    `kept` was read first: `links` may hold messages that came since, which are left out.
    `fingerprint` gives sha256 of the file that lies under a key, in hex, or None.
    """
    faults = []
    links = links[: len(kept)]
    if place := chain.first_break(links):
        faults.append(Broken(place, Fault.LINK))
    if links and kept[-1].head != links[-1].own:
        faults.append(Broken(links[-1].position, Fault.HEAD))
    for link, found in zip(links, kept, strict=True):
        faults += [Broken(link.position, fault) for fault in _of_text(link, found)]
        faults += [Broken(link.position, fault) for fault in _of_files(link, found, fingerprint)]
    return sorted(faults, key=lambda broken: broken.place)


def _of_text(link: chain.Link, found: Kept) -> Iterator[Fault]:
    if found.text_hash is None:
        if not found.is_erased:
            yield Fault.TEXT_MISSING
        return
    if found.is_erased:
        yield Fault.TEXT_LEFT
    if found.text_hash != link.body_hash:
        yield Fault.TEXT_CHANGED


def _of_files(link: chain.Link, found: Kept, fingerprint: FINGERPRINT) -> Iterator[Fault]:
    if sorted(file.sha256 for file in found.files) != sorted(link.files):
        yield Fault.FILES_CHANGED
        return
    if _is_renamed(link, found):
        yield Fault.FILE_RENAMED
    if found.is_erased:
        if any(file.key for file in found.files):
            yield Fault.FILE_LEFT
    elif any(not file.key or fingerprint(file.key) != file.sha256 for file in found.files):
        yield Fault.FILE_GONE


def _is_renamed(link: chain.Link, found: Kept) -> bool:
    """Tell whether a label is not what was hashed; without the salt, or before format 2, never."""
    labels = [file.label for file in found.files if file.label is not None]
    return link.format > 1 and found.text_hash is not None and sorted(labels) != sorted(link.labels)
