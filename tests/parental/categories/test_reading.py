"""Lists of categories: every real file is taken, every guard holds, every limit is kept."""

import gzip

import pytest

from portal.core.errors import RuleError
from portal.parental.categories import buckets, canary, merging, reading
from portal.parental.categories.reading import read_names
from portal.parental.categories.registry import registry
from tests.parental.real_lists import real_list

KEPT = ("egov.kz", "gov.kz")


@pytest.mark.parametrize(
    ("file", "count", "refused"),
    [
        ("adguard_drugs-ags.txt", 26_029, 0),
        ("alt-version_vaping-nl.txt", 108, 0),
        ("dnsmasq-version_piracy-dnsmasq.txt", 2_154, 0),
        ("fortnite.txt", 5, 0),
        ("sinfonietta_gambling-hosts", 2_642, 0),
        ("sinfonietta_social-hosts", 3_243, 2),
        ("facebook.txt", 22_362, 0),
    ],
)
def test_a_real_list_is_taken_whole(file, count, refused):
    read = read_names(real_list(file), never_blocked=KEPT)

    assert (len(read.names), read.refused) == (count, refused)


def test_the_guards_hold_line_by_line():
    lines = ["casino.kz", "kz", "com.kz", "egov.kz", "x.egov.kz", "93.115.61.56", "||a.kz^$third"]
    lines += ["*.wild.kz", "0.0.0.0 hosts.kz", "server=/masq.kz/", "||block.kz^", "127.0.0.7 a.kz"]

    read = read_names("\n".join(lines).encode(), never_blocked=KEPT)

    assert read.names == {"casino.kz", "wild.kz", "hosts.kz", "masq.kz", "block.kz"}
    assert [sample[0] for sample in read.samples] == [2, 3, 4, 5, 6, 7, 12]
    assert read.refused == 7


def test_what_the_list_itself_opens_is_left_out_or_told():
    read = read_names(b"||a.kz^\n||b.kz^\n||x.b.kz^\n@@||b.kz^\n@@||deep.a.kz^")

    assert read.names == {"a.kz"}
    assert read.samples == [
        [5, "deep.a.kz", "The list closes %(site)s whole; a category can’t open a part of it.",
         {"site": "a.kz"}]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is no site in this list."),
        (b"# nothing but words\n", "There is no site in this list."),
        (b"\x00\x01\x02", "This file is not a text."),
        (b"caf\xe9.fr", "This file is not a text."),
        (gzip.compress(b"a.kz", mtime=0), "This is a packed file."),
        (b"PK\x03\x04zip", "This is a packed file."),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "This is a page of a site"),
        (b"  <html>\nlist.kz", "This is a page of a site"),
    ],
)
def test_what_is_no_list_is_refused(content, words):
    with pytest.raises(RuleError) as refused:
        read_names(content)

    assert refused.value.marked.msgid.startswith(words)


@pytest.mark.parametrize("line", [b"a.kz\n", b"\n", b"#\n"])
def test_ten_million_lines_are_refused_at_once(line):
    with pytest.raises(RuleError, match=r"larger than|more than"):
        read_names(line * 10_000_000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"server=/" + b"a.kz/" * 1_000_000, "has a line without an end"),
        (b"0.0.0.0 " + b"a.kz " * 1_000_000, "has a line without an end"),
        (b"[" * 1_000_000, "This JSON is broken"),
        (b"ok.kz\n" + b"com.kz\n" * 101_000, "More than 100000 lines"),
    ],
)
def test_what_would_cost_too_much_is_refused_soon(content, words):
    with pytest.raises(RuleError, match=words):
        read_names(content)


def test_a_list_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", -1)

    with pytest.raises(RuleError, match="too long to read"):
        read_names(b"a.kz")


def test_more_names_than_a_category_holds_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_NAMES", 2)

    with pytest.raises(RuleError, match="more than"):
        read_names(b"a.kz\nb.kz\nc.kz")


def test_more_lines_are_taken_than_a_profile_takes():
    many = "".join(f"# {number}\n" for number in range(400_000))

    assert read_names((many + "a.kz").encode()).names == {"a.kz"}


def test_a_file_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)

    with pytest.raises(RuleError, match="larger than"):
        read_names(b"long-name-of-a-site.kz")


def test_refusals_are_counted_beyond_the_samples():
    read = read_names(b"ok.kz\n" + b"com.kz\n" * 1000)

    assert (read.refused, len(read.samples)) == (1000, reading.MOST_SAMPLES)


REAL = {
    "adguard_drugs-ags.txt": "drugs",
    "alt-version_phishing-nl.txt": "phishing",
    "alt-version_vaping-nl.txt": "alcohol-tobacco",
    "dnsmasq-version_piracy-dnsmasq.txt": "piracy",
    "facebook.txt": "facebook",
    "fortnite.txt": "fortnite",
    "sinfonietta_gambling-hosts": "gambling",
    "sinfonietta_pornography-hosts": "adult",
    "sinfonietta_social-hosts": "social",
    "tiktok.txt": "tiktok",
    "youtube.txt": "youtube",
}


@pytest.mark.long
def test_all_real_lists_together_become_a_release_that_the_canary_lets_pass():
    known = registry()
    lists = [
        (known.sites_mask(code), read_names(real_list(file), never_blocked=KEPT).names)
        for file, code in REAL.items()
    ]
    assert sum(len(names) for _mask, names in lists) == 335_920

    masks = merging.merged(lists)

    assert len(masks) == 206_513
    assert not list(canary.caught((*KEPT, *canary.well_known()), lambda name: masks.get(name, 0)))
    assert known.codes_of(merging.mask_in_force(masks, "m.tiktok.com")) == ["social", "tiktok"]
    assert sum(len(part.blob) for part in buckets.split(masks)) < 3_000_000
