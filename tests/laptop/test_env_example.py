"""`.env.example` explains exactly the settings that are read, with their defaults."""

import re
from dataclasses import fields
from pathlib import Path

from portal.config import LAPTOP_SECRET, Settings
from portal.laptop.place import DEFAULT_PORTS

EXAMPLE = (Path(__file__).parent.parent.parent / ".env.example").read_text()


def explained() -> dict[str, str]:
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE))


def test_every_setting_is_there_with_its_default() -> None:
    defaults = {each.metadata["name"]: each.metadata["default"] for each in fields(Settings)}
    ports = {name: str(port) for name, port in DEFAULT_PORTS.items()}

    expected = {**defaults, **ports}
    expected["SECRET_KEY"] = expected["SECRET_KEY"].replace(LAPTOP_SECRET, "")

    assert explained() == expected


def test_every_setting_has_words_above_it() -> None:
    for block in EXAMPLE.split("\n\n"):
        first_setting = re.search(r"^[A-Z0-9_]+=", block, flags=re.MULTILINE)
        words = re.search(r"^# [^-]", block, flags=re.MULTILINE)

        assert not first_setting or (words and words.start() < first_setting.start()), block
