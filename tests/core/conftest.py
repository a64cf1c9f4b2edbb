"""What tests of the technical ground share."""

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from tests.core import sample
from tests.live import Live


@pytest.fixture
def client(live: Live) -> FlaskClient:
    client = live.app(blueprints=[sample.bp]).test_client()
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "raw"
    return client


def token(client: FlaskClient) -> str:
    """Return the token that a page would put into the forms of `client`."""
    signer = URLSafeTimedSerializer(client.application.secret_key or "", salt="wtf-csrf-token")
    return str(signer.dumps("raw"))
