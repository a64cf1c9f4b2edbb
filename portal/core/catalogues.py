"""Compile the translations: each `messages.po` of translators becomes the `.mo` that is loaded."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_changed(translations: Path) -> int:
    """Compile the catalogues below `translations` whose `.po` is newer; return how many.

    Fuzzy translations are left out: their texts show in English.
    """
    changed = [po for po in translations.glob("*/*/LC_MESSAGES/*.po") if _is_stale(po)]
    for po in changed:
        _compile(po)
    return len(changed)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(po: Path) -> None:
    """Write the `.mo` whole or not at all: a process may be loading it."""
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    unfinished = po.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as target:
        write_mo(target, catalogue)
    unfinished.replace(po.with_suffix(".mo"))
