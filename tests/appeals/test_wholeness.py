"""What is kept is compared with the chain; each kind of difference is found where it is."""

from dataclasses import replace

import pytest

from portal.appeals.chain import link_hash
from portal.appeals.wholeness import Broken, Fault, File, Kept, check
from tests.appeals.test_chain import conversation

FILE = "f" * 64
LABEL = "a" * 64
TEXTS = ("one", "two", "three")


def kept_of(links, **changed):
    """What belongs to these links; message 2 is changed so."""
    kept = [Kept(link.body_hash, False, (), links[-1].own) for link in links]
    kept[1] = replace(kept[1], **changed)
    return kept


def with_file(**said):
    link = replace(conversation("one")[0], files=(FILE,), own="", **said)
    return replace(link, own=link_hash(link))


def test_nothing_was_changed():
    links = conversation(*TEXTS)

    assert check(links, kept_of(links), lambda _: None) == []
    assert check(links, kept_of(links)[:0], lambda _: None) == []
    assert check([*links, *links], kept_of(links), lambda _: None) == []  # said meanwhile


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"text_hash": "0" * 64}, Fault.TEXT_CHANGED),
        ({"text_hash": None}, Fault.TEXT_MISSING),
        ({"is_erased": True}, Fault.TEXT_LEFT),
        ({"files": (File(FILE, "key", LABEL),)}, Fault.FILES_CHANGED),
    ],
)
def test_a_text_or_list_that_was_changed(changed, fault):
    links = conversation(*TEXTS)

    assert check(links, kept_of(links, **changed), lambda _: FILE) == [Broken(2, fault)]


@pytest.mark.parametrize(
    ("key", "is_erased", "found", "fault"),
    [
        ("key", False, FILE, None),
        ("key", False, "0" * 64, Fault.FILE_GONE),
        ("key", False, None, Fault.FILE_GONE),
        ("", False, FILE, Fault.FILE_GONE),
        ("", True, None, None),
        ("key", True, FILE, Fault.FILE_LEFT),
    ],
)
def test_a_file_that_was_changed(key, is_erased, found, fault):
    link = with_file(labels=(LABEL,))
    label, text_hash = (None, None) if is_erased else (LABEL, link.body_hash)
    kept = Kept(text_hash, is_erased, (File(FILE, key, label),), link.own)

    expected = [Broken(1, fault)] if fault else []
    assert check([link], [kept], lambda _: found) == expected


@pytest.mark.parametrize(("form", "labels", "is_told"), [(2, (LABEL,), True), (1, (), False)])
def test_a_file_that_was_renamed_is_told_of_where_names_were_hashed(form, labels, is_told):
    link = with_file(format=form, labels=labels)
    kept = Kept(link.body_hash, False, (File(FILE, "key", "b" * 64),), link.own)

    expected = [Broken(1, Fault.FILE_RENAMED)] if is_told else []
    assert check([link], [kept], lambda _: FILE) == expected


def test_messages_that_were_cut_off_at_the_end():
    links = conversation(*TEXTS)

    assert check(links[:2], kept_of(links)[:2], lambda _: None) == [Broken(2, Fault.HEAD)]
