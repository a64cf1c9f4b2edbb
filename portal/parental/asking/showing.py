"""What pages of questions write: the names of what is closed."""

from collections.abc import Iterable

from portal.parental.categories.registry import registry


def names_of(codes: Iterable[str]) -> list[str]:
    """Return the names of categories and services in the reader's language, in their order."""
    wanted = set(codes)
    return [entry.name for entry in registry() if entry.code in wanted]
