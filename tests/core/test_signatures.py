"""Signed messages: only who knows a secret, only now, only this body."""

from datetime import timedelta

import pytest

from portal.core.signatures import is_genuine, sign
from tests.partners import network

BODY = b'{"state": "completed"}'
SECRETS = ("the new secret", "the old secret")


@pytest.mark.parametrize("secret", SECRETS)
def test_who_knows_a_secret_is_believed(noon, secret):
    assert is_genuine(sign(secret, BODY, noon), BODY, SECRETS, noon)


def test_a_program_of_somebody_else_makes_the_same_signature(noon):
    assert network.signed("one", BODY, noon.timestamp()) == sign("one", BODY, noon)


@pytest.mark.parametrize(
    "away", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)]
)
def test_what_was_signed_at_another_time_is_not_believed(noon, away):
    assert not is_genuine(sign(SECRETS[0], BODY, noon + away), BODY, SECRETS, noon)


def test_another_body_or_secret_is_not_believed(noon):
    assert not is_genuine(sign(SECRETS[0], BODY, noon), BODY + b" ", SECRETS, noon)
    assert not is_genuine(sign("a guess", BODY, noon), BODY, SECRETS, noon)
    assert not is_genuine(sign("", BODY, noon), BODY, (), noon)


@pytest.mark.parametrize(
    "header", ["", "v1=00", "t=1,v1=zz", "t=99999999999999,v1=" + "0" * 64, "t=1,v1=" + "é" * 64]
)
def test_what_is_no_signature_is_not_believed(noon, header):
    assert not is_genuine(header, BODY, SECRETS, noon)
