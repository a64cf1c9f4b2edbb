"""Writing a list in every format that is read, so that it comes back as the same rules."""

import json
from collections.abc import Callable, Iterator, Sequence

from portal.core.errors import RuleError
from portal.core.spreadsheet import csv_of
from portal.parental.lists.entries import Entry, Format
from portal.parental.lists.rpz import OPENING
from portal.parental.lists.values import WINDOWS, guarded
from portal.parental.sites import Action, read_site, shown_name

HEAD = ("site", "action", "note", "expires", "when")
_ZONE_HEAD = (
    "$TTL 30",
    "$ORIGIN rpz.kabinet.",
    "@ SOA localhost. hostmaster.localhost. 1 3600 600 86400 30",
    "@ NS localhost.",
)


def write(entries: Sequence[Entry], form: Format) -> str:
    """Return the text of a list. The format must hold each of the entries (`held`)."""
    return _WRITERS[form](entries)


def _starred(entry: Entry) -> str:
    return f"*.{entry.name}" if entry.subdomains_only else entry.name


def _lines(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _hosts(entries: Sequence[Entry]) -> str:
    return _lines(f"0.0.0.0 {entry.name}" for entry in entries)


def _plain(entries: Sequence[Entry]) -> str:
    return _lines(_starred(entry) for entry in entries)


def _adblock(entries: Sequence[Entry]) -> str:
    marks = {Action.BLOCK: "||", Action.ALLOW: "@@||"}
    return _lines(f"{marks[entry.action]}{_starred(entry)}^" for entry in entries)


def _dnsmasq(entries: Sequence[Entry]) -> str:
    words = {Action.BLOCK: ("address", ""), Action.ALLOW: ("server", "#")}
    return _lines(
        f"{option}=/{_starred(entry)}/{target}"
        for entry in entries
        for option, target in [words[entry.action]]
    )


def _rpz(entries: Sequence[Entry]) -> str:
    """Write a zone; a site without its star would mean the name alone to other programs."""
    answers = {Action.BLOCK: ".", Action.ALLOW: OPENING}
    stars = {entry.name for entry in entries if entry.subdomains_only}

    def records() -> Iterator[str]:
        yield from _ZONE_HEAD
        for entry in entries:
            answer = answers[entry.action]
            if not entry.subdomains_only:
                yield f"{entry.name} CNAME {answer}"
            if entry.subdomains_only or entry.name not in stars:
                yield f"*.{entry.name} CNAME {answer}"

    return _lines(records())


def _csv(entries: Sequence[Entry]) -> str:
    return csv_of(
        HEAD,
        (
            (_readable(entry), entry.action, guarded(entry.note), _end(entry), _when(entry))
            for entry in entries
        ),
    )


def _json(entries: Sequence[Entry]) -> str:
    """Write one rule in a line, so that two exports can be compared line by line."""
    rules = ",\n".join(
        json.dumps(
            {
                "site": _readable(entry),
                "action": entry.action,
                "note": entry.note,
                "expires": _end(entry) or None,
                "when": _when(entry) or None,
            },
            ensure_ascii=False,
        )
        for entry in entries
    )
    return f'{{"kabinet": "sites", "rules": [\n{rules}\n]}}\n'


def _end(entry: Entry) -> str:
    return entry.expires_at.isoformat() if entry.expires_at else ""


def _when(entry: Entry) -> str:
    return WINDOWS if entry.in_windows else ""


def _readable(entry: Entry) -> str:
    """Return the site as people read it, where that is read back as the same name."""
    shown = ("*." if entry.subdomains_only else "") + shown_name(entry.name)
    try:
        is_same = read_site(shown, action=entry.action).name == entry.name
    except RuleError:
        is_same = False
    return shown if is_same else _starred(entry)


_WRITERS: dict[Format, Callable[[Sequence[Entry]], str]] = {
    Format.HOSTS: _hosts,
    Format.PLAIN: _plain,
    Format.ADBLOCK: _adblock,
    Format.DNSMASQ: _dnsmasq,
    Format.RPZ: _rpz,
    Format.CSV: _csv,
    Format.JSON: _json,
}
