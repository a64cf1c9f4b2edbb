"""References of letters: ours open an appeal, guessed and foreign ones do not."""

from uuid import UUID

import pytest

from portal.appeals import references

APPEAL = UUID("01a20320-a200-7372-9ba4-47c2c6a1a3e3")
KEY, OLD = "a key of today", "a key of yesterday"


def test_a_token_is_read_under_each_key_and_in_any_case():
    token = references.token_of(APPEAL, OLD)

    assert references.appeal_of_token(token.upper(), [KEY, OLD]) == APPEAL
    assert references.appeal_of_token(token, [KEY]) is None


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "c" + t[1:], lambda t: t + "a"])
def test_a_changed_token_opens_nothing(change):
    token = references.token_of(APPEAL, KEY)

    assert references.appeal_of_token(change(token), [KEY]) is None


def test_the_address_to_answer_to_is_read_again():
    token = references.token_of(APPEAL, KEY)
    address = references.answer_address("appeals@example.kz", token)

    assert len(address.partition("@")[0]) <= 64
    assert references.token_in(address.upper(), "appeals@example.kz") == token
    assert references.token_in("appeals@example.kz", "appeals@example.kz") == ""
    assert references.token_in("appeals@example.com", "appeals@example.kz") is None
    assert references.token_in("info+x@example.kz", "appeals@example.kz") is None


def test_a_message_id_names_its_appeal():
    written = references.message_id(APPEAL, UUID(int=7), key=KEY, domain="example.kz")

    assert references.appeal_of_message_id(f" {written}", [KEY]) == APPEAL
    assert references.appeal_of_message_id("<first@mail.example.kz>", [KEY]) is None
