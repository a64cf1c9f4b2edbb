"""Write a catalogue as YAML: what is read again is the same catalogue."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import yaml

from portal.catalog.sheet import CatalogueSheet

_HEAD = (
    "# Sums are tenge with VAT; a sum with tiyn stands in quotes. `cities` left out means\n"
    "# everywhere. Read it with `flask catalog load FILE`, or at the desk under “Import”.\n\n"
)


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, and lists with their hyphens set in."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's own name
        super().increase_indent(flow, indentless=False)


def write_catalogue(sheet: CatalogueSheet) -> str:
    """Return `sheet` as the text of a catalogue file, in its own order."""
    values = _plain(sheet.model_dump(exclude_defaults=True))
    options: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": 1000}
    return _HEAD + str(yaml.dump(values, Dumper=_Dumper, **options))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return _scalar(value)


def _scalar(value: Any) -> int | str | bool | date | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, Enum):
        return str(value.value)
    found: int | str | bool | date | None = value
    return found
