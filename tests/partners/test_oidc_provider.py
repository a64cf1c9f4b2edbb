import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.partners.running import partner

VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
BACK = "http://localhost/back"
ASKED = {
    "response_type": "code",
    "client_id": "kabinet",
    "redirect_uri": BACK,
    "scope": "openid",
    "state": "s1",
    "nonce": "n1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
CLIENT = ("kabinet", "partner-secret")


@pytest.fixture(scope="module")
def issuer():
    with partner("tests.partners.oidc_provider") as address:
        yield address


@pytest.fixture
def control(issuer):
    def turn(**switches):
        return httpx.post(f"{issuer}/control", json=switches)

    turn(fault=None, subject="s-1")
    return turn


def code_of(issuer, **changes):
    answer = httpx.get(f"{issuer}/authorize", params={**ASKED, **changes})
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def token(issuer, code, *, verifier=VERIFIER, client=CLIENT, back=BACK):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": back,
    }
    return httpx.post(f"{issuer}/token", data=form, auth=client)


def part(jwt, place):
    piece = jwt.split(".")[place]
    return base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))


def is_signed(issuer, jwt):
    key = httpx.get(f"{issuer}/jwks").json()["keys"][0]
    n, e = (int.from_bytes(part(f"{key[name]}.", 0), "big") for name in ("n", "e"))
    try:
        rsa.RSAPublicNumbers(e, n).public_key().verify(
            part(jwt, 2), jwt.rpartition(".")[0].encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        return False
    return True


def test_an_honest_flow_ends_with_a_signed_identity(issuer, control):
    jwt = token(issuer, code_of(issuer)).json()["id_token"]

    claims = json.loads(part(jwt, 1))
    assert (claims["iss"], claims["sub"], claims["aud"], claims["nonce"]) == (
        issuer,
        "s-1",
        "kabinet",
        "n1",
    )
    assert is_signed(issuer, jwt)


def test_a_person_can_be_asked(issuer, control):
    control(subject=None)

    assert "Who are you?" in httpx.get(f"{issuer}/authorize", params=ASKED).text
    sent = httpx.post(f"{issuer}/authorize", data={**ASKED, "subject": "s-9"})
    code = parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]
    assert json.loads(part(token(issuer, code).json()["id_token"], 1))["sub"] == "s-9"


def test_a_code_works_once(issuer, control):
    code = code_of(issuer)

    assert [token(issuer, code).status_code for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"verifier": "w" * 64}, 400),
        ({"verifier": ""}, 400),
        ({"client": ("kabinet", "guess")}, 401),
        ({"back": "http://localhost/other"}, 400),
    ],
)
def test_the_token_is_for_the_client_that_began(issuer, control, changes, status):
    assert token(issuer, code_of(issuer), **changes).status_code == status


@pytest.mark.parametrize("name", ["state", "nonce", "code_challenge", "scope", "client_id"])
def test_a_request_without_its_protections_is_refused(issuer, control, name):
    kept = {key: value for key, value in ASKED.items() if key != name}

    assert httpx.get(f"{issuer}/authorize", params=kept).status_code == 400


@pytest.mark.parametrize(
    ("fault", "claim", "value"),
    [
        ("wrong_nonce", "nonce", "another"),
        ("no_nonce", "nonce", None),
        ("wrong_audience", "aud", "another-client"),
        ("wrong_issuer", "iss", "https://another.example"),
        ("no_subject", "sub", None),
    ],
)
def test_a_fault_changes_what_it_says(issuer, control, fault, claim, value):
    control(fault=fault)

    jwt = token(issuer, code_of(issuer)).json()["id_token"]

    assert json.loads(part(jwt, 1)).get(claim) == value
    assert is_signed(issuer, jwt)


@pytest.mark.parametrize(
    ("fault", "algorithm"),
    [("unsigned", "none"), ("symmetric", "HS256"), ("wrong_signature", "RS256")],
)
def test_a_forged_seal_is_really_forged(issuer, control, fault, algorithm):
    control(fault=fault)

    jwt = token(issuer, code_of(issuer)).json()["id_token"]

    assert json.loads(part(jwt, 0))["alg"] == algorithm
    assert not part(jwt, 2) or not is_signed(issuer, jwt)
