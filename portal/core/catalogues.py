"""Translations: one catalogue per feature and language, found, updated, compiled and checked."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TRANSLATED = ("kk", "ru")  # English is the source
FEATURES = (
    "core",
    "accounts",
    "notify",
    "catalog",
    "services",
    "parental",
    "promises",
    "appeals",
    "feedback",
    "news",
    "figures",
    "home",
    "staff",
    "api",
)
_CORE_TEMPLATES = ("layouts", "components", "errors", "dev")
_KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_n": (1, 2),
}
_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.xml", "jinja2")]
_OPTIONS = {
    method: {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
    for method in ("**.html", "**.txt", "**.xml")
}
_PLURALS = {
    "kk": (2, "(n != 1)"),
    "ru": (
        3,
        "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)",
    ),
}


@dataclass(frozen=True)
class Fault:
    """A text that is not as it should be: where, which, and what is wrong."""

    feature: str
    language: str
    msgid: str
    what: str


def po_path(root: Path, feature: str, language: str) -> Path:
    """Return where the catalogue of a feature lies."""
    return root / "translations" / feature / language / "LC_MESSAGES" / "messages.po"


def _sources(root: Path, feature: str) -> Iterator[Path]:
    yield root / "portal" / feature
    if feature == "core":
        yield from (root / "templates" / folder for folder in _CORE_TEMPLATES)
    yield root / "templates" / feature
    yield root / "templates" / "emails" / feature


def extract(root: Path, feature: str) -> Catalog:
    """Return every text of a feature. The few modules beside the packages belong to `core`."""
    found = Catalog(charset="utf-8", header_comment="")
    for folder in _sources(root, feature):
        if folder.is_dir():
            _collect(found, root, folder, "**")
    if feature == "core":
        for module in sorted((root / "portal").glob("*.py")):
            _collect(found, root, module.parent, module.name)
    return found


def _collect(found: Catalog, root: Path, folder: Path, only: str) -> None:
    methods = [(only, "python")] if only.endswith(".py") else _METHODS
    for name, _line, message, comments, context in extract_from_dir(
        str(folder), methods, _OPTIONS, _KEYWORDS, directory_filter=lambda _path: only == "**"
    ):
        place = str((folder / name).relative_to(root))
        found.add(message, None, [(place, 1)], auto_comments=comments, context=context)


def read(root: Path, feature: str, language: str) -> Catalog:
    """Return a feature's catalogue; an empty one if it is not there yet."""
    path = po_path(root, feature, language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(root: Path, feature: str, language: str) -> Path | None:
    """Bring a catalogue up to its sources: new texts empty, texts that are gone dropped."""
    wanted = extract(root, feature)
    if not len(wanted):
        return None
    catalog = read(root, feature, language)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    path = po_path(root, feature, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    number, rule = _PLURALS[language]
    fresh = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment="#")
    for message in catalog:
        if message.id:
            fresh[message.id] = message
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={number}; plural={rule};\\n"\n\n'
    )
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(file, fresh, omit_header=True, sort_output=True, width=100, include_lineno=False)
    return path


def compile_all(root: Path) -> int:
    """Write the .mo file of each .po that has changed; return how many.

    Fuzzy translations are left out: their texts show in English.
    """
    changed = [po for po in (root / "translations").glob("*/*/LC_MESSAGES/*.po") if _is_stale(po)]
    for po in changed:
        _compile(po)
    return len(changed)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns != po.stat().st_mtime_ns


def _compile(po: Path) -> None:
    """Write the .mo whole or not at all, for a process may be loading it; as old as its .po."""
    written = po.stat()
    with po.open("rb") as source:
        catalog = read_po(source, locale=po.parts[-3])
    unfinished = po.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as target:
        write_mo(target, catalog)
    os.utime(unfinished, ns=(written.st_atime_ns, written.st_mtime_ns))
    unfinished.replace(po.with_suffix(".mo"))


def faults(root: Path) -> list[Fault]:
    """Return what is missing, fuzzy, left over or translated in two ways."""
    found: list[Fault] = []
    for language in TRANSLATED:
        seen: dict[object, tuple[str, object]] = {}
        for feature in FEATURES:
            wanted, catalog = extract(root, feature), read(root, feature, language)
            found.extend(_faults_of(feature, language, wanted, catalog))
            found.extend(_conflicts(feature, language, catalog, seen))
    return found


def _faults_of(feature: str, language: str, wanted: Catalog, catalog: Catalog) -> Iterator[Fault]:
    for message in wanted:
        if not message.id:
            continue
        for what in _wrong_with(catalog.get(message.id), catalog):
            yield Fault(feature, language, str(message.id), what)
    for message in catalog:
        if message.id and wanted.get(message.id) is None:
            yield Fault(feature, language, str(message.id), "is not used any more")


def _wrong_with(known: Message | None, catalog: Catalog) -> list[str]:
    if known is None or not _is_whole(known):
        return ["is not translated"]
    if known.fuzzy:
        return ["is fuzzy"]
    return [str(error) for error in known.check(catalog)]


def _conflicts(
    feature: str, language: str, catalog: Catalog, seen: dict[object, tuple[str, object]]
) -> Iterator[Fault]:
    for message in catalog:
        if not message.id:
            continue
        first, text = seen.setdefault(message.id, (feature, message.string))
        if text != message.string:
            yield Fault(feature, language, str(message.id), f"is translated otherwise in {first}")


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)
