"""The sprite holds every icon that a page names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_IN_TEMPLATES = re.compile(r"""icon(?:_name)?["']?\s*(?:\(|=|:)\s*["']([a-z][a-z0-9-]+)["']""")
_IN_SPRITE = re.compile(r'<symbol id="([^"]+)"')


def _named() -> dict[str, str]:
    """Return the icons that templates name, each with a template that names it."""
    return {
        name: str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for name in _IN_TEMPLATES.findall(path.read_text())
    }


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    drawn = set(_IN_SPRITE.findall((ROOT / "static/img/icons.svg").read_text()))
    named = _named()

    assert len(named) > 30
    assert {name: where for name, where in named.items() if name not in drawn} == {}


def test_the_sprite_is_made_of_the_list() -> None:
    drawn = set(_IN_SPRITE.findall((ROOT / "static/img/icons.svg").read_text()))

    assert drawn - {"mark"} == set((ROOT / "deploy/icons.txt").read_text().split())
