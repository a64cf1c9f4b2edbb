"""Read a catalogue from YAML: everything that is wrong is told at once, with line and path."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from pydantic import ValidationError

from portal.catalog.coherence import incoherences
from portal.catalog.faults import CatalogueError, Fault, Path, faults_of
from portal.catalog.sheet import CatalogueSheet
from portal.core.text import Marked, _l, today

LARGEST_FILE = 1_000_000
_DEEPEST = 100


def read_file(content: bytes) -> CatalogueSheet:
    """Return the catalogue in a file's `content`. Raises CatalogueError with every fault."""
    if len(content) > 4 * LARGEST_FILE:
        raise _whole(_l("the file is larger than 1 million characters"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _whole(_l("the file is not UTF-8 text")) from None
    return read_catalogue(text)


def read_catalogue(text: str) -> CatalogueSheet:
    """Return the catalogue written in `text`. Raises CatalogueError with every fault."""
    if len(text) > LARGEST_FILE:
        raise _whole(_l("the file is larger than 1 million characters"))
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
        raise CatalogueError([_place(each, lines) for each in faults_of(error)]) from None
    if wrong := incoherences(sheet, on=today()):
        raise CatalogueError([_place(each, lines) for each in wrong])
    return sheet


def _whole(sentence: Marked) -> CatalogueError:
    return CatalogueError([Fault((), sentence)])


def _parsed(text: str) -> tuple[yaml.Node, Any]:
    """Return the tree, which knows its lines, and the plain values."""
    if "\0" in text:
        raise _whole(_l("the file is no text: it holds binary data"))
    _check_shape(text)
    loader = yaml.CSafeLoader(text)  # libyaml, ten times as fast as the reader in Python
    try:
        tree = loader.get_single_node()
        if tree is None:
            raise _whole(_l("the file is empty"))
        return tree, loader.construct_document(tree)
    finally:
        loader.dispose()


def _check_shape(text: str) -> None:
    """Refuse anchors, and nesting that would use up the stack of a recursive reader."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _whole(_l("anchors and aliases (& and *) are not used here"))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")


def _broken(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    sentence = _l("this cannot be read as YAML: look at indentation, quotes and colons")
    return Fault((), sentence, line=mark.line + 1 if mark else 0)


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
                yield Fault(here, _l("is written twice"), line=key.start_mark.line + 1)
            seen.add(key.value)
            yield from _repeated_keys(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _repeated_keys(value, (*path, place))


def _place(fault: Fault, lines: dict[Path, int]) -> Fault:
    """Point to the nearest line that the file has for the fault's path."""
    known = fault.path
    while known and known not in lines:
        known = known[:-1]
    return replace(fault, line=lines.get(known, 0))
