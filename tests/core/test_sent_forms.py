"""Forms as the edge takes them: once, twice, at the same moment, from elsewhere."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.core.conftest import token
from tests.live import Live

pytestmark = pytest.mark.live


def _send(client: FlaskClient, key: str, submission: str, **headers: str) -> int:
    answer = client.post(
        "/sample",
        data={"key": key, "submission_id": submission, "csrf_token": token(client)},
        headers=headers,
    )
    return answer.status_code


def _hits(live: Live, key: str) -> int:
    with live.session() as owner:
        return owner.scalar(text("select hits from throttle where key = :key"), {"key": key}) or 0


def test_a_form_commits_once(live: Live, client: FlaskClient) -> None:
    assert _send(client, "once", str(uuid4())) == 303
    assert _hits(live, "once") == 1


def test_a_form_that_is_sent_twice_acts_once_and_gets_the_same_answer(
    live: Live, client: FlaskClient
) -> None:
    sent = {"key": "twice", "submission_id": str(uuid4()), "csrf_token": token(client)}

    answers = [client.post("/sample", data=sent) for _ in range(3)]

    assert {answer.location for answer in answers} == {"/sample?done=twice"}
    assert _hits(live, "twice") == 1


def test_a_form_that_is_changed_after_going_back_acts_anew(live: Live, client: FlaskClient) -> None:
    submission = str(uuid4())

    assert _send(client, "first", submission) == 303
    assert _send(client, "second", submission) == 303

    assert (_hits(live, "first"), _hits(live, "second")) == (1, 1)


def test_two_presses_at_the_same_moment_act_once(live: Live, client: FlaskClient) -> None:
    app = client.application
    cookie = client.get_cookie("kabinet-sid")
    assert cookie is not None
    submission = str(uuid4())

    def press(_number: int) -> int:
        other = app.test_client()
        other.set_cookie("kabinet-sid", cookie.value)
        return _send(other, "race", submission)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(press, range(8)))

    assert statuses == [303] * 8
    assert _hits(live, "race") == 1


def test_somebody_elses_browser_does_not_get_the_first_answer(
    live: Live, client: FlaskClient
) -> None:
    submission = str(uuid4())
    _send(client, "mine", submission)
    stranger = client.application.test_client()
    with stranger.session_transaction() as cookie:
        cookie["csrf_token"] = "raw"
        cookie["_user_id"] = "somebody else"

    answer = stranger.post(
        "/sample",
        data={"key": "x", "submission_id": submission, "csrf_token": token(client)},
    )

    assert "mine" not in (answer.location or "")


def test_what_fails_late_leaves_nothing(live: Live, client: FlaskClient) -> None:
    submission = str(uuid4())

    assert _send(client, "fail", submission) == 500
    assert _hits(live, "fail") == 0
    with live.session() as owner:
        assert owner.scalar(text("select count(*) from submission")) == 0


def test_a_refused_form_can_be_sent_again(live: Live, client: FlaskClient) -> None:
    submission = str(uuid4())

    assert _send(client, "", submission) == 422
    assert _send(client, "mended", submission) == 303
    assert _hits(live, "mended") == 1


def test_a_form_without_its_token_is_refused_in_words(live: Live, client: FlaskClient) -> None:
    answer = client.post("/sample", data={"key": "x"}, headers={"Accept-Language": "ru"})

    assert answer.status_code == 400
    assert _hits(live, "x") == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Referer": "http://localhost/page"}, 303),
    ],
)
def test_a_form_of_another_site_is_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert _send(client, "cross", str(uuid4()), **headers) == status
