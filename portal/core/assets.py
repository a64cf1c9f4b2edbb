"""Static files: their addresses carry the hash of the whole tree, so they are kept for a year."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import current_app, g, url_for
from markupsafe import Markup

from portal.core import pictures

COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".txt", ".md"})


def static_folder() -> Path:
    """Return the folder of the static files."""
    return cast(Path, current_app.config["ROOT"]) / "static"


@lru_cache(maxsize=4)
def _hash_of(folder: Path, _changed: tuple[float, ...]) -> str:
    total = hashlib.sha256()
    for path in _files(folder):
        total.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return total.hexdigest()[:10]


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _changed(folder: Path) -> tuple[float, ...]:
    """Return the files' times where they may change under a running process: on a laptop."""
    if not current_app.config["DEBUG"]:
        return ()
    return tuple(path.stat().st_mtime for path in _files(folder))


def asset(path: str) -> str:
    """Return the address of a static file.

    The hash in it is that of the whole tree: relative addresses in style sheets keep working.
    """
    if "static_hash" not in g:
        folder = static_folder()
        g.static_hash = _hash_of(folder, _changed(folder))
    return url_for("core.static_file", version=g.static_hash, path=path)


def icon(name: str, look: str = "") -> Markup:
    """Draw an icon of the sprite; `look` is "", "inline" or "large"."""
    if "sprite" not in g:
        g.sprite = asset("img/icons.svg")
    return pictures.icon(g.sprite, name, look)


@lru_cache(maxsize=512)
def compressed(path: Path, _changed_at: float) -> bytes:
    """Return a file compressed; once per version of the file."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)
