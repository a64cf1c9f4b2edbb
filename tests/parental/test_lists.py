"""Lists line by line: what is taken, what is refused and why."""

import codecs
import gzip

import pytest

from portal.core.errors import RuleError
from portal.parental.lists import LARGEST_LIST, MOST_LINES, read_list, text_of
from portal.parental.sites import Action
from tests.parental.real_lists import real_list

BLOCK, ALLOW = Action.BLOCK, Action.ALLOW

TAKEN = {
    "casino.com": [("casino.com", False, BLOCK)],
    "  casino.com  ": [("casino.com", False, BLOCK)],
    "*.casino.com": [("casino.com", True, BLOCK)],
    "||casino.com^": [("casino.com", False, BLOCK)],
    "@@||good.casino.com^": [("good.casino.com", False, ALLOW)],
    "0.0.0.0 casino.com": [("casino.com", False, BLOCK)],
    "127.0.0.1\tcasino.com\twww.casino.com": [
        ("casino.com", False, BLOCK),
        ("www.casino.com", False, BLOCK),
    ],
    ":: casino.com": [("casino.com", False, BLOCK)],
    "::1 casino.com # a comment": [("casino.com", False, BLOCK)],
    "casino.com # a comment": [("casino.com", False, BLOCK)],
    "https://casino.com/play#now": [("casino.com", False, BLOCK)],
    "қазақ.қаз": [("xn--80aau21bd.xn--80ao21a", False, BLOCK)],
    "\ufeffcasino.com": [("casino.com", False, BLOCK)],
    "# a comment": [],
    "! a comment": [],
    "[Adblock Plus 2.0]": [],
    "": [],
    "   ": [],
    "127.0.0.1 localhost": [],
    "127.0.0.1 localhost.localdomain localhost": [],
    "255.255.255.255 broadcasthost": [],
    "fe80::1%lo0 localhost": [],
    "ff02::1 ip6-allnodes": [],
    "0.0.0.0 0.0.0.0": [],
}

REFUSED = {
    "||casino.com^$third-party": "conditions after $",
    "||casino.com": "single pages",
    "||casino.com/banner^": "single pages",
    "|https://casino.com/": "single pages",
    "@@casino.com": "single pages",
    "casino.com##.banner": "part of a page",
    "casino.com#@#.banner": "part of a page",
    r"/casino[0-9]+\.com/": "pattern of names",
    "cas*no.com": "only at the beginning",
    "93.184.216.34 casino.com": "another address",
    "127.0.0.7 casino.com": "another address",
    "93.184.216.34": "address of a computer",
    "0.0.0.0": "address of a computer",  # noqa: S104
    "0.0.0.0 93.184.216.34": "address of a computer",
    "||93.184.216.34^": "address of a computer",
    "com.kz": "ending of thousands",
    "0.0.0.0 kz": "ending of thousands",
    "||com.kz^": "ending of thousands",
    "0.0.0.0 egov.kz": "always stays open",
    "casino poker": "without spaces",
    "casino": "name with its ending",
    "x" * 5000: "longer than any",
}


@pytest.mark.parametrize(("line", "entries"), TAKEN.items())
def test_a_line_names_sites(line, entries):
    reading = read_list(line, action=BLOCK)

    assert [entry[1:4] for entry in reading.entries] == entries
    assert reading.refused == []


@pytest.mark.parametrize(("line", "words"), REFUSED.items())
def test_a_line_is_refused_with_its_number_and_reason(line, words):
    reading = read_list(f"# first\n{line}\n", action=BLOCK, never_blocked=["egov.kz"])

    (refused,) = reading.refused
    assert refused.line == 2
    assert words in refused.fault.marked.msgid
    assert refused.text[:20] in line
    assert reading.entries == []


def test_one_bad_name_of_a_hosts_line_does_not_take_the_others_along():
    reading = read_list("0.0.0.0 good.kz com.kz fine.kz", action=BLOCK)

    assert [entry.name for entry in reading.entries] == ["good.kz", "fine.kz"]
    assert [refused.text for refused in reading.refused] == ["com.kz"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_every_system_are_counted(end):
    reading = read_list(end.join(["a.kz", "", "b.kz", "kz"]), action=ALLOW)

    assert [(entry.line, entry.name) for entry in reading.entries] == [(1, "a.kz"), (3, "b.kz")]
    assert reading.refused[0].line == 4


@pytest.mark.parametrize(
    "content",
    [
        b"casino.com",
        codecs.BOM_UTF8 + b"casino.com",
        "casino.com".encode("utf-16"),
        codecs.BOM_UTF16_BE + "casino.com".encode("utf-16-be"),
    ],
)
def test_a_text_file_is_read_whatever_its_mark(content):
    assert [entry.name for entry in read_list(text_of(content), action=BLOCK).entries] == [
        "casino.com"
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * (LARGEST_LIST + 1), "larger than 8 MB"),
        (gzip.compress(b"casino.com\n" * 10_000_000, mtime=0), "packed file"),
        (b"PK\x03\x04zip", "packed file"),
        (b"casino.com\0", "not a text"),
        (b"\x89PNG\r\n\x1a\n\x00", "not a text"),
        (bytes(range(128, 256)), "not a text"),
    ],
)
def test_what_is_no_list_is_refused_whole(content, words):
    with pytest.raises(RuleError) as refused:
        text_of(content)

    assert words in refused.value.marked.msgid
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    "text", ["\n" * (MOST_LINES + 1), "\n" * LARGEST_LIST, "\r\n" * MOST_LINES]
)
def test_too_many_lines_are_refused(text):
    with pytest.raises(RuleError, match="lines"):
        read_list(text, action=BLOCK)


@pytest.mark.parametrize(
    ("name", "entries", "refused"),
    [
        ("sinfonietta_gambling-hosts", 2642, 0),
        ("tiktok.txt", 3725, 0),
        ("sinfonietta_pornography-hosts", 61181, 6),
        ("adguard_drugs-ags.txt", 26029, 0),
        ("alt-version_vaping-nl.txt", 108, 0),
    ],
)
def test_real_lists_are_read_whole(name, entries, refused):
    reading = read_list(text_of(real_list(name)), action=BLOCK)

    assert (len(reading.entries), len(reading.refused)) == (entries, refused)
