"""What parents can close with a switch: categories and services, as a YAML file names them.

Source: parental-control.md, "Categories"; registry.yaml says what each field means.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal.core.text import in_language

SHIPPED = Path(__file__).with_name("registry.yaml")
MOST = 64  # bits of a mask
FEWEST = 1000  # names of an endless category; real lists of them have 20 000 and more


class RegistryError(ValueError):
    """The file is no registry; the message says where and why."""


class Kind(StrEnum):
    CATEGORY = "category"
    SERVICE = "service"


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Sheet):
    """Where sites come from: a file, or a subscription over https."""

    file: str = ""
    url: str = ""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if bool(self.file) == bool(self.url):
            raise ValueError("a source is either a file or a url")
        if self.url and not self.url.startswith("https://"):
            raise ValueError("a subscription begins with https://")
        return self

    @property
    def key(self) -> str:
        """What tells it from the other sources of its entry."""
        return self.file or self.url


class Names(_Sheet):
    """The name in each language."""

    kk: str = Field(min_length=1)
    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Entry(_Sheet):
    """A category or a service. `is_partial`: its apps also connect without names.

    `is_endless`: there are ever more such sites, so with fewer than FEWEST its list is thin.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    kind: Kind
    bit: Annotated[int, Field(ge=0, lt=MOST)]
    icon: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    names: Names = Field(alias="name")
    sources: tuple[Source, ...] = ()
    includes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_partial: bool = Field(default=False, alias="partial")
    is_endless: bool = Field(default=False, alias="endless")

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return in_language(self.names.model_dump())

    @property
    def mask(self) -> int:
        return 1 << self.bit

    def is_thin(self, names: int) -> bool:
        """Whether so many names are too few to keep what the switch promises."""
        return self.is_endless and names < FEWEST

    @property
    def is_service(self) -> bool:
        return self.kind is Kind.SERVICE


class Registry:
    """The entries in the order of their file. `folder` is where its files are looked for."""

    def __init__(self, entries: Iterable[Entry], *, folder: Path) -> None:
        self.entries = tuple(entries)
        self.folder = folder
        self._by_code = {each.code: each for each in self.entries}
        _check(self)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def entry(self, code: str) -> Entry:
        """Return the entry. Raises KeyError if there is none."""
        return self._by_code[code]

    def of(self, kind: Kind) -> list[Entry]:
        return [each for each in self.entries if each.kind is kind]

    def mask_of(self, codes: Iterable[str]) -> int:
        """Return the bits of these codes together; a code that has gone from the file has none."""
        mask = 0
        for code in codes:
            mask |= self._by_code[code].mask if code in self._by_code else 0
        return mask

    def codes_of(self, mask: int) -> list[str]:
        """Return the codes of a mask, in the order of the file."""
        return [each.code for each in self.entries if each.mask & mask]

    def sites_mask(self, code: str) -> int:
        """Return what a site of this entry's own lists is closed by: itself, and what includes it.

        `includes` is one level deep.
        """
        return self.mask_of([code, *(each.code for each in self if code in each.includes)])

    def path_of(self, source: Source) -> Path:
        """Return where the file of a source is."""
        return self.folder / source.file


def read_registry(text: str, *, folder: Path) -> Registry:
    """Return the registry written in `text`. Raises RegistryError with the first fault."""
    try:
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RegistryError(f"this is no YAML: {error}") from None
    if not isinstance(rows, list) or not rows:
        raise RegistryError("a registry is a list of categories and services")
    try:
        entries = [Entry.model_validate(row) for row in rows]
    except ValidationError as error:
        raise RegistryError(str(error)) from None
    return Registry(entries, folder=folder)


def load(path: Path = SHIPPED) -> Registry:
    """Return the registry of a file. Raises RegistryError, also if it can't be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RegistryError(str(error)) from None
    return read_registry(text, folder=path.parent)


def _check(registry: Registry) -> None:
    for label, values in (
        ("code", [each.code for each in registry]),
        ("bit", [each.bit for each in registry]),
    ):
        if twice := [value for value, count in Counter[Any](values).items() if count > 1]:
            raise RegistryError(f"{label} {twice[0]} is used twice")
    for each in registry:
        for code in each.includes:
            if code not in registry or registry.entry(code).includes or code == each.code:
                raise RegistryError(f"{each.code} can't include {code}")


_in_use: list[Path] = []


def use(path: Path) -> None:
    """Take the registry of `path` from now on. Raises RegistryError and changes nothing."""
    _loaded(path)
    _in_use[:] = [path]


@cache
def _loaded(path: Path) -> Registry:
    return load(path)


def registry() -> Registry:
    """Return the entries of the operator, in order."""
    return _loaded(_in_use[-1] if _in_use else SHIPPED)


def entry(code: str) -> Entry:
    """Return the entry. Raises KeyError if there is none."""
    return registry().entry(code)


def mask_of(codes: Iterable[str]) -> int:
    """Return the u64 mask of these codes."""
    return registry().mask_of(codes)


def codes_of(mask: int) -> list[str]:
    """Return the codes of a u64 mask, in order."""
    return registry().codes_of(mask)
