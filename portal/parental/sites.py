"""Reading a site as a person types it.

Source: parental-control.md, "Reading a site that a person typed".
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import idna
from publicsuffixlist import PublicSuffixList

from portal.core.errors import RuleError
from portal.core.text import Marked, _l

LONGEST_LABEL = 63  # RFC 1035, 2.3.4
LONGEST_NAME = 253
LONGEST_TYPED = 2048
LONGEST_COUNTRY = 3
_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x061C, 0x180E, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    ]
)
_DOTS = str.maketrans("。", ".")  # UTS 46 reads the ideographic full stop as a dot
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_PLAIN_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_PORT = re.compile(r"(?<=[^:]):\d{0,5}$")
_ONE_WRITING = ({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"},)


class Action(StrEnum):
    BLOCK = "block"
    ALLOW = "allow"


@dataclass(frozen=True)
class Note:
    """A sentence that tells how a site was understood."""

    message: Marked
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """One site. `name` is lower case A-labels; the rule means it and all below it.

    With `subdomains_only` it means what is below it and not itself.
    """

    name: str
    subdomains_only: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def shown(self) -> str:
        star = "*." if self.subdomains_only else ""
        return star + shown_name(self.name)

    @property
    def without_www(self) -> str | None:
        """The site that is offered instead of its www. name, if this is one."""
        rest = self.name.removeprefix("www.")
        is_offer = rest != self.name and "." in rest and not is_icann_suffix(rest)
        return rest if is_offer and not self.subdomains_only else None


def read_site(typed: str, *, action: Action, never_blocked: Collection[str] = ()) -> Site:
    """Return the site that `typed` means: a name, a URL or `*.name`.

    `never_blocked` are names which no block may touch, from above or below.
    Raises RuleError (field `site`) that says what is wrong and what to write instead.
    """
    text = _cleaned(typed)
    host, is_page = _host_of(text)
    rest = host.removeprefix("*.")
    name = _name_of(rest)
    _refuse_suffix(name)
    if action is Action.BLOCK:
        _refuse_never_blocked(name, never_blocked)
    return Site(name, rest != host, tuple(_notes(name, is_page=is_page)))


def shown_name(name: str) -> str:
    """Return a stored name as people read it: U-labels where they can be decoded."""
    if "xn--" not in name:
        return name
    return ".".join(_shown_label(label) for label in name.split("."))


def is_icann_suffix(name: str) -> bool:
    """Say whether all registrations below `name` belong to different people, such as com.kz."""
    return bool(_suffixes(only_icann=True).is_public(name))


def is_at_or_below(name: str, site: str) -> bool:
    return name == site or name.endswith("." + site)


def excerpt(typed: str) -> str:
    """Return the beginning of what was typed, fit to be shown and stored."""
    visible = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in typed
    )
    return visible if len(visible) <= 60 else visible[:59] + "…"


def _fault(message: Marked, **values: Any) -> RuleError:
    return RuleError(message, field="site", **values)


@cache
def _suffixes(*, only_icann: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann, accept_unknown=False)


def _cleaned(typed: str) -> str:
    if len(typed) > LONGEST_TYPED:
        raise _fault(
            _l("This is longer than any site’s name. Write one site, for example youtube.com.")
        )
    text = unicodedata.normalize("NFKC", typed).translate(_INVISIBLE).translate(_DOTS).strip()
    if not text:
        raise _fault(_l("Write a site, for example youtube.com."))
    if any(letter.isspace() for letter in text):
        raise _fault(_l("Write one site without spaces, for example youtube.com."))
    return text


def _host_of(text: str) -> tuple[str, bool]:
    """Return the host of a name or URL, and whether more than the site was named."""
    scheme = _SCHEME.match(text)
    authority, *rest = re.split(r"[/?#\\]", text[scheme.end() :] if scheme else text, maxsplit=1)
    person, at, host = authority.rpartition("@")
    if at and not scheme:
        raise _fault(
            _l("This is an e-mail address. To name the site of the mail, write %(site)s."),
            site=excerpt(host),
        )
    if host.count(":") == 1 or "]:" in host:
        host = _PORT.sub("", host)
    return host, bool(person) or any(rest)


def _name_of(host: str) -> str:
    host = host.removesuffix(".")
    if len(host) <= LONGEST_NAME and _PLAIN_NAME.fullmatch(host) and "xn--" not in host:
        return host
    _refuse_address(host)
    if "*" in host:
        raise _fault(_l("A star may stand only at the beginning, as in *.youtube.com."))
    name = ".".join(_stored_label(label) for label in _mapped(host).split("."))
    if "." not in name:
        if len(name) <= LONGEST_COUNTRY or name.startswith("xn--"):
            _refuse_suffix(name)  # Words such as youtube are endings too, but nobody means them.
        raise _fault(
            _l("Write the name with its ending, for example %(site)s.com."), site=excerpt(host)
        )
    if len(name) > LONGEST_NAME:
        raise _fault(_l("The name is longer than 253 letters; no site has such a name."))
    _refuse_address(name)
    return name


def _mapped(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError:
        raise _strange(host) from None


def _stored_label(label: str) -> str:
    if not label:
        raise _fault(_l("There is nothing between two dots. Write the site as youtube.com."))
    stored = label if label.isascii() else _a_label(label)
    if len(stored) > LONGEST_LABEL:
        raise _fault(_l("A part of the name is longer than 63 letters; no site has such a name."))
    if stored.startswith("-") or stored.endswith("-"):
        raise _fault(_l("A part of a site’s name can’t begin or end with a hyphen."))
    if not _LABEL.fullmatch(stored):
        raise _strange(label)
    return stored


def _a_label(label: str) -> str:
    try:
        idna.check_label(label)
        return "xn--" + label.encode("punycode").decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise _strange(label) from None


def _strange(text: str) -> RuleError:
    return _fault(
        _l("“%(typed)s” can’t be a site’s name: names have letters, digits, hyphens and dots."),
        typed=excerpt(text),
    )


def _refuse_address(host: str) -> None:
    bare = host.strip("[]")
    is_address = ":" in bare or bare.rpartition(".")[2].isdecimal()
    try:
        ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        if not is_address or (
            ":" in bare and not re.fullmatch(r"[0-9a-f:.]+", bare, re.IGNORECASE)
        ):
            return
    raise _fault(
        _l(
            "%(typed)s is the address of a computer. "
            "Write the site’s name, for example youtube.com."
        ),
        typed=excerpt(host),
    )


def _refuse_suffix(name: str) -> None:
    if is_icann_suffix(name):
        raise _fault(
            _l(
                "%(site)s is the ending of thousands of other sites. "
                "Write the site whole, for example shop.%(site)s."
            ),
            site=shown_name(name),
        )


def _refuse_never_blocked(name: str, never_blocked: Collection[str]) -> None:
    for kept in never_blocked:
        if is_at_or_below(name, kept) or is_at_or_below(kept, name):
            raise _fault(
                _l(
                    "%(site)s always stays open: emergency help, state services "
                    "and this portal can’t be closed."
                ),
                site=shown_name(kept),
            )


def _notes(name: str, *, is_page: bool) -> list[Note]:
    notes = []
    if is_page:
        notes.append(
            Note(
                _l("This means the whole site %(site)s, not the page."), {"site": shown_name(name)}
            )
        )
    if "." in name and _suffixes(only_icann=False).is_public(name):
        notes.append(
            Note(
                _l("Below %(site)s live the sites of many people; this means all of them."),
                {"site": shown_name(name)},
            )
        )
    if "xn--" in name and any(_is_mixed(label) for label in shown_name(name).split(".")):
        notes.append(
            Note(
                _l(
                    "%(site)s mixes letters of different alphabets. "
                    "Make sure that it is the site you mean."
                ),
                {"site": shown_name(name)},
            )
        )
    return notes


def _is_mixed(label: str) -> bool:
    writings = {
        unicodedata.name(letter, "?").split()[0].partition("-")[0]
        for letter in label
        if letter.isalpha()
    }
    return len(writings) > 1 and not any(writings <= together for together in _ONE_WRITING)


def _shown_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return str(idna.ulabel(label))
    except (idna.IDNAError, UnicodeError):
        return label
