from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.appeals import chain

NOON = datetime(2026, 11, 20, 7, tzinfo=UTC)
OWN_OF_FORMAT_1 = "122a4748f7e4fee56f36fe8358d97cb946466582369540a7017704e3aae32b62"


def conversation(*texts):
    links, before = [], chain.GENESIS
    for place, text in enumerate(texts, start=1):
        link = chain.Link(
            message_id=UUID(int=place),
            appeal_id=UUID(int=99),
            position=place,
            author="customer",
            kind="message",
            at=NOON + timedelta(minutes=place),
            promised_at=None,
            files=(),
            body_hash=chain.body_hash(b"salt", text),
            before=before,
            own="",
        )
        links.append(replace(link, own=chain.link_hash(link)))
        before = links[-1].own
    return links


def test_a_conversation_holds():
    assert chain.first_break(conversation("one", "two", "three")) is None
    assert chain.first_break([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"author": "specialist"},
        {"kind": "final"},
        {"promised_at": NOON},
        {"files": ("0" * 64,)},
        {"at": NOON},
        {"body_hash": chain.body_hash(b"salt", "other")},
        {"appeal_id": UUID(int=98)},
        {"message_id": UUID(int=7)},
        {"position": 7},
        {"before": "0" * 64},
        {"own": "0" * 64},
        {"labels": ("0" * 64,)},
        {"format": 1},
    ],
)
def test_any_change_shows(change):
    links = conversation("one", "two", "three")
    links[1] = replace(links[1], **change)

    assert chain.first_break(links) == 2


def test_a_change_that_mends_its_own_hash_shows_one_later():
    links = conversation("one", "two", "three")
    forged = replace(links[1], body_hash=chain.body_hash(b"salt", "forged"))
    links[1] = replace(forged, own=chain.link_hash(forged))

    assert chain.first_break(links) == 3


def test_a_link_of_format_1_holds_as_it_was_hashed():
    first = replace(conversation("one")[0], files=("f" * 64,), format=1, own=OWN_OF_FORMAT_1)

    assert chain.first_break([first]) is None
    assert chain.first_break([replace(first, format=2)]) == 1


def test_a_label_has_each_thing_that_is_shown_of_a_file():
    shown = {"content": "f" * 64, "media_type": "image/png", "size": 12, "name": "a.png"}
    others = ({"content": "0" * 64}, {"media_type": "text/csv"}, {"size": 1}, {"name": "b.png"})

    hashes = {chain.label_hash(b"salt", **shown | other) for other in ({}, *others)}

    assert len({*hashes, chain.label_hash(b"other", **shown)}) == 6


def test_a_missing_or_swapped_message_shows():
    one, two, three = conversation("one", "two", "three")

    assert chain.first_break([one, three]) == 2
    assert chain.first_break([two, one, three]) == 1


@given(st.binary(max_size=20), st.text(), st.text())
def test_other_texts_have_other_hashes(salt, one, other):
    same = chain.body_hash(salt, one) == chain.body_hash(salt, other)

    assert same == (one == other)


def test_the_head_is_read_in_groups():
    assert chain.short("0123456789abcdef" + "0" * 48) == "0123 4567 89ab cdef"
