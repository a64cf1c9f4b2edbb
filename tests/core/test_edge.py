"""What every answer has, and what the edge refuses."""

from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from portal.core import clock
from tests.core import sample
from tests.core.conftest import token
from tests.live import Live

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    ("fault", "status"),
    [("rule", 409), ("missing", 404), ("upstream", 502), ("stale", 409), ("bug", 500)],
)
def test_a_fault_has_its_status_a_number_and_no_details(
    client: FlaskClient, fault: str, status: int
) -> None:
    answer = client.get(f"/sample/{fault}", headers={"X-Request-Id": "0123456789abcdef"})

    assert answer.status_code == status
    assert "0123456789abcdef" in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_headers_of_a_plain_laptop(client: FlaskClient) -> None:
    headers = client.get("/sample/missing").headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "upgrade-insecure-requests" not in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_headers_and_the_cookie_of_a_real_host(live: Live) -> None:
    app = live.app(blueprints=[sample.bp], BASE_URL="https://cabinet.example.kz")

    answer = app.test_client().get("/sample/missing", base_url="https://cabinet.example.kz")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "upgrade-insecure-requests" in answer.headers["Content-Security-Policy"]
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-sid"
    assert app.config["SESSION_COOKIE_SECURE"]


def test_a_real_host_answers_to_its_own_names_alone(live: Live) -> None:
    app = live.app(
        DEBUG="0", BASE_URL="https://cabinet.example.kz", FILES_URL="https://files.example.kz"
    )
    client = app.test_client()
    ours = ("cabinet.example.kz", "files.example.kz")
    others = ("evil.example", f"{ours[0]}.evil.example", f"{ours[0]}@evil.example", "127.0.0.1")

    def statuses(path: str) -> dict[str, int]:
        return {
            host: client.get(path, headers={"Host": host}).status_code for host in (*ours, *others)
        }

    assert statuses("/promises/none") == dict.fromkeys(ours, 404) | dict.fromkeys(others, 400)
    assert set(statuses("/healthz").values()) == {200}  # A load balancer asks by address.


def test_the_metrics_are_for_who_knows_the_token(live: Live) -> None:
    client = live.app(
        DEBUG="0", BASE_URL="https://cabinet.example.kz", METRICS_TOKEN="a-token"
    ).test_client()

    def asked(shown: str) -> int:
        return client.get("/metrics", headers={"Authorization": shown}).status_code

    assert asked("Bearer a-token") == 200
    assert {asked(shown) for shown in ("", "Bearer", "Bearer b-token", "Bearer \xe9")} == {404}


def test_whoever_finds_a_weakness_is_told_whom_to_tell(live: Live) -> None:
    clock.freeze(datetime(2026, 11, 22, 12, tzinfo=UTC))

    told = (
        live.app(SECURITY_CONTACT="mailto:security@example.kz")
        .test_client()
        .get("/.well-known/security.txt")
    )

    assert told.mimetype == "text/plain"
    assert told.text.splitlines() == [
        "Contact: mailto:security@example.kz",
        "Expires: 2027-05-21T12:00:00Z",
        "Preferred-Languages: kk, ru, en",
        "Canonical: http://localhost/.well-known/security.txt",
    ]


def test_a_packed_file_says_so_to_caches_and_no_page_frames_another(client: FlaskClient) -> None:
    file = client.get("/static/1/css/base.css", headers={"Accept-Encoding": "gzip"})
    page = client.get("/sample/missing")

    assert file.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in file.headers["Vary"].split(", ")
    assert {"Cookie", "HX-Request"} <= set(page.headers["Vary"].split(", "))
    assert "frame-src" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/news?topic=%00", "/news/feed.atom?topic=a%00b"])
def test_an_address_that_nobody_can_keep_is_refused_in_words(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": "ru"})

    assert answer.status_code == 400
    assert 'lang="ru"' in answer.text


def test_a_number_that_no_column_holds_names_no_page(client: FlaskClient) -> None:
    assert client.get(f"/staff/catalogue/versions/{2**31}").status_code == 404


def test_a_nonce_is_never_given_twice(client: FlaskClient) -> None:
    policies = {client.get("/dev/components").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


def test_too_large_a_form_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/sample", data={"key": "x" * (1024 * 1024 + 1)})

    assert answer.status_code == 413


def test_health_needs_no_database_and_readiness_does(live: Live) -> None:
    cut_off = live.app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none").test_client()

    assert cut_off.get("/healthz").status_code == 200
    assert cut_off.get("/readyz").status_code == 503


def test_readiness_waits_for_a_worker(live: Live) -> None:
    client = live.app().test_client()

    assert client.get("/readyz").text == "not ready: worker\n"


def test_a_lost_database_is_told_in_words(live: Live) -> None:
    cut_off = live.app(
        blueprints=[sample.bp], DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    ).test_client()
    with cut_off.session_transaction() as cookie:
        cookie["csrf_token"] = "raw"

    sent = {"key": "x", "csrf_token": token(cut_off), "submission_id": str(uuid4())}
    answer = cut_off.post("/sample", data=sent)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_an_operator_brings_his_colour_and_his_mark(live: Live) -> None:
    logo = live.folder / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    client = live.app(ACCENT="150 0.12 0.45", LOGO_FILE=str(logo)).test_client()

    page = client.get("/sign-in").text

    assert 'href="/brand.css"' in page
    assert 'src="/brand/logo"' in page
    assert "--accent-h: 150;" in client.get("/brand.css").text
    assert client.get("/brand/logo").mimetype == "image/svg+xml"


@pytest.mark.long
@pytest.mark.parametrize("megabytes", [2, 22, 60])
def test_what_is_too_large_is_told_and_not_cut_off(live: Live, megabytes: int) -> None:
    """A browser that still sends when the line is closed shows a fault of its own."""
    address = urlsplit(live.start_web())
    line = HTTPConnection(address.hostname or "", address.port or 80, timeout=60)

    line.request("POST", "/sign-in", body=b"x" * (megabytes * 1024 * 1024))
    answer = line.getresponse()

    assert answer.status == 413
    assert b"</html>" in answer.read()
    line.close()
