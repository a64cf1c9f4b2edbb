"""Read a catalogue from YAML: everything that is wrong is told at once, with line and path."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from portal.catalog.coherence import incoherences
from portal.catalog.sheet import CatalogueSheet

Path = tuple[str | int, ...]
LARGEST_FILE = 2_000_000
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "write a text",
    "int_type": "write a whole number",
    "model_type": "write keys and values here",
    "tuple_type": "write a list",
    "bool_type": "write true or false",
    "decimal_max_places": "has more than two decimal places",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong. `line` counts from 1; 0 when the file as a whole is meant."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.path}: {self.message}" if self.path else f"{place}{self.message}"


class CatalogueError(Exception):
    """A catalogue file cannot be used; `faults` are in the order of their lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def read_catalogue(text: str) -> CatalogueSheet:
    """Return the catalogue written in `text`. Raises CatalogueError with every fault."""
    if len(text) > LARGEST_FILE:
        raise CatalogueError([Fault(0, "", "the file is larger than 2 million characters")])
    try:
        tree, values = _parsed(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogueError([_broken(error)]) from None
    lines = dict(_lines(tree, ()))
    if repeated := list(_repeated_keys(tree, ())):
        raise CatalogueError(repeated)
    try:
        sheet = CatalogueSheet.model_validate(values)
    except ValidationError as error:
        raise CatalogueError([_fault(detail, lines) for detail in error.errors()]) from None
    if wrong := incoherences(sheet):
        raise CatalogueError([_place(path, message, lines) for path, message in wrong])
    return sheet


def _parsed(text: str) -> tuple[yaml.Node, Any]:
    """Return the tree, which knows its lines, and the plain values."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
        raise CatalogueError([Fault(0, "", "anchors and aliases (& and *) are not used here")])
    tree = yaml.compose(text, yaml.SafeLoader)
    if tree is None:
        raise CatalogueError([Fault(0, "", "the file is empty")])
    return tree, yaml.safe_load(text)


def _broken(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return Fault(mark.line + 1 if mark else 0, "", f"this is no YAML: {problem}")


def _lines(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    """Give the line of each value by its path."""
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, str(key.value)), key.start_mark.line + 1
            yield from _below(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _lines(value, (*path, place))


def _below(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    """Give the lines inside a value, whose own line is that of its key."""
    return (found for found in _lines(node, path) if found[0] != path)


def _repeated_keys(node: yaml.Node, path: Path) -> Iterator[Fault]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            here = (*path, str(key.value))
            if key.value in seen:
                yield Fault(key.start_mark.line + 1, _written(here), "is written twice")
            seen.add(key.value)
            yield from _repeated_keys(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _repeated_keys(value, (*path, place))


def _fault(detail: Any, lines: dict[Path, int]) -> Fault:
    message = _WORDS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return _place(detail["loc"], message, lines)


def _place(path: Path, message: str, lines: dict[Path, int]) -> Fault:
    """Point to the nearest line that the file has for `path`."""
    known = path
    while known and known not in lines:
        known = known[:-1]
    return Fault(lines.get(known, 0), _written(path), message)


def _written(path: Path) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")
