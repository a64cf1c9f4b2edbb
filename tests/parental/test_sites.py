"""The reading rules of the page, one row each."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import RuleError
from portal.parental.policy import wire_name
from portal.parental.sites import Action, read_site, shown_name

KEPT = ("egov.kz", "portal.telecom.kz")

READ = {
    "youtube.com": "youtube.com",
    "  YouTube.COM  ": "youtube.com",
    "youtube.com.": "youtube.com",
    "https://www.youtube.com/watch?v=1#t": "www.youtube.com",
    "http://user:secret@youtube.com:8080/a": "youtube.com",
    "//youtube.com": "youtube.com",
    "youtube.com/shorts": "youtube.com",
    "youtube.com:443": "youtube.com",
    "you\u200btube.com": "youtube.com",
    "\ufeffyoutube.com": "youtube.com",
    "\u202eyoutube.com": "youtube.com",
    "ｙｏｕｔｕｂｅ．ｃｏｍ": "youtube.com",
    "youtube。com": "youtube.com",
    "қазақ.қаз": "xn--80aau21bd.xn--80ao21a",
    "ҚАЗАҚ.ҚАЗ": "xn--80aau21bd.xn--80ao21a",
    "xn--80aau21bd.xn--80ao21a": "xn--80aau21bd.xn--80ao21a",
    "straße.de": "xn--strae-oqa.de",
    "r3---sn-4g5e.googlevideo.com": "r3---sn-4g5e.googlevideo.com",
    "_dmarc.example.com": "_dmarc.example.com",
    "a" * 63 + ".kz": "a" * 63 + ".kz",
    ".".join(["a" * 49] * 5) + ".kz": ".".join(["a" * 49] * 5) + ".kz",
    "shop.com.kz": "shop.com.kz",
    "github.io": "github.io",
    "notegov.kz": "notegov.kz",
}

REFUSED = {
    "": "Write a site",
    " \u200b ": "Write a site",
    "you tube.com": "without spaces",
    "youtube.com vimeo.com": "without spaces",
    "a\tb.com": "without spaces",
    "x" * 3000: "longer than any",
    "mama@mail.ru": "e-mail address",
    "93.184.216.34": "address of a computer",
    "http://93.184.216.34/x": "address of a computer",
    "2001:db8::1": "address of a computer",
    "http://[2001:db8::1]:80/": "address of a computer",
    "[::ffff:1.2.3.4]": "address of a computer",
    "1.2": "address of a computer",
    "١٢٧.٠.٠.١": "address of a computer",
    "youtube": "name with its ending",
    "localhost": "name with its ending",
    "kz": "ending of thousands",
    "com.kz": "ending of thousands",
    "https://com.kz/": "ending of thousands",
    "*.kz": "ending of thousands",
    "xn--80ao21a": "ending of thousands",
    "қаз": "ending of thousands",
    "x.ck": "ending of thousands",
    "a..kz": "between two dots",
    ".kz": "between two dots",
    "a.kz..": "between two dots",
    "a*.kz": "only at the beginning",
    "a.*.kz": "only at the beginning",
    "**.kz": "only at the beginning",
    "a" * 64 + ".kz": "longer than 63",
    "қ" * 60 + ".kz": "longer than 63",
    ".".join(["a" * 49] * 5) + ".abc.kz": "longer than 253",
    "-a.kz": "hyphen",
    "a-.kz": "hyphen",
    "☃.kz": "can’t be a site’s name",
    "🙂.kz": "can’t be a site’s name",
    "a\0b.kz": "can’t be a site’s name",
    "a\x1bb.kz": "can’t be a site’s name",
    "a!b.kz": "can’t be a site’s name",
    "a'b\".kz": "can’t be a site’s name",
    "javascript:alert(1)": "can’t be a site’s name",
    "\ud800.kz": "can’t be a site’s name",
    "egov.kz": "always stays open",
    "www.egov.kz": "always stays open",
    "*.egov.kz": "always stays open",
    "telecom.kz": "always stays open",
}


@pytest.mark.parametrize(("typed", "name"), READ.items())
def test_a_site_is_read_as_it_is_typed(typed, name):
    assert read_site(typed, action=Action.BLOCK, never_blocked=KEPT).name == name


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_what_is_no_site_is_refused_in_words(typed, words):
    with pytest.raises(RuleError) as refused:
        read_site(typed, action=Action.BLOCK, never_blocked=KEPT)

    assert words in refused.value.marked.msgid
    assert refused.value.marked.msgid % refused.value.values
    assert refused.value.field == "site"


@pytest.mark.parametrize("typed", ["kz", "com.kz"])
def test_an_ending_can_not_be_allowed_either(typed):
    with pytest.raises(RuleError):
        read_site(typed, action=Action.ALLOW)


def test_what_is_never_blocked_may_be_allowed():
    assert read_site("egov.kz", action=Action.ALLOW, never_blocked=KEPT).name == "egov.kz"


def test_a_star_means_the_subdomains_alone():
    site = read_site("*.tiktok.com", action=Action.BLOCK)

    assert (site.name, site.subdomains_only, site.shown) == ("tiktok.com", True, "*.tiktok.com")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("https://youtube.com/watch?v=1", "whole site"),
        ("youtube.com/", None),
        ("https://youtube.com", None),
        ("github.io", "many people"),
        ("blogspot.com", "many people"),
        ("p\u0430ypal.com", "different alphabets"),
        ("қазақ.қаз", None),
        ("қазақ.com", None),
    ],
)
def test_notes_tell_how_a_site_was_understood(typed, words):
    notes = read_site(typed, action=Action.BLOCK).notes

    assert [
        note.message.msgid for note in notes if words is None or words in note.message.msgid
    ] == [note.message.msgid for note in notes]
    assert bool(notes) is (words is not None)
    assert all(note.message.msgid % note.values for note in notes)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("www.youtube.com", "youtube.com"),
        ("youtube.com", None),
        ("www.com.kz", None),
        ("*.www.youtube.com", None),
    ],
)
def test_the_site_without_www_is_offered(typed, offered):
    assert read_site(typed, action=Action.BLOCK).without_www == offered


def test_a_name_is_shown_in_its_own_letters():
    assert shown_name("xn--80aau21bd.xn--80ao21a") == "қазақ.қаз"
    assert shown_name("xn--zzzzzz99999.kz") == "xn--zzzzzz99999.kz"


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_whole_name_or_a_sentence(typed):
    sites, sentences = [], []

    try:
        sites.append(read_site(typed, action=Action.BLOCK, never_blocked=KEPT))
    except RuleError as refused:
        sentences.append(refused.marked.msgid % refused.values)

    assert len(sites) + len(sentences) == 1
    for site in sites:
        assert wire_name(site.name)
        assert read_site(site.name, action=Action.BLOCK).name == site.name
        assert unicodedata.normalize("NFC", site.shown) == site.shown
