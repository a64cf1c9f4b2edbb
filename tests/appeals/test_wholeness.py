"""What is kept is compared with the chain; each kind of difference is found where it is."""

from dataclasses import replace

import pytest

from portal.appeals.chain import link_hash
from portal.appeals.wholeness import Broken, Fault, Kept, check
from tests.appeals.test_chain import conversation

FILE = "f" * 64
TEXTS = ("one", "two", "three")


def kept_of(links, **changed):
    """What belongs to these links; message 2 is changed so."""
    kept = [Kept(link.body_hash, False, (), links[-1].own) for link in links]
    kept[1] = replace(kept[1], **changed)
    return kept


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
        ({"files": ((FILE, "key"),)}, Fault.FILES_CHANGED),
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
    link = conversation("one")[0]
    with_file = replace(link, files=(FILE,), own="")
    links = [replace(with_file, own=link_hash(with_file))]
    kept = Kept(None if is_erased else link.body_hash, is_erased, ((FILE, key),), links[0].own)

    expected = [Broken(1, fault)] if fault else []
    assert check(links, [kept], lambda _: found) == expected


def test_messages_that_were_cut_off_at_the_end():
    links = conversation(*TEXTS)

    assert check(links[:2], kept_of(links)[:2], lambda _: None) == [Broken(2, Fault.HEAD)]
