"""Fields of a text that is sent often: `{name}`, `{number}`, `{due}`. Pure."""

import re
from collections.abc import Mapping

FIELDS = ("name", "number", "topic", "due", "specialist")
_FIELD = re.compile(r"\{([^{}\n]{0,40})\}")


def unknown_fields(text: str) -> list[str]:
    """Return the fields of `text` that nobody can fill, as they are written, each once."""
    return list(dict.fromkeys(f"{{{each}}}" for each in _FIELD.findall(text) if each not in FIELDS))


def empty_fields(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the fields of `text` for which there is no value here, as they are written."""
    wanted = dict.fromkeys(each for each in _FIELD.findall(text) if each in FIELDS)
    return [f"{{{each}}}" for each in wanted if not values.get(each)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its fields filled, once: a brace in a value stays a brace.

    A field without a value stays as it is written, so that whoever sends it sees it.
    """
    return _FIELD.sub(lambda found: values.get(found[1]) or found[0], text)
