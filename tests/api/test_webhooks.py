"""Receivers: what they are sent, in which order, and what becomes of what they don't take."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.api import actions, jobs
from portal.api.feed import Fact, Subject, append
from portal.api.models import Webhook, WebhookDelivery
from portal.api.patience import LONGEST_REST, LONGEST_WAIT, rest_after, wait_after
from portal.core import clock
from portal.core.db import transaction
from portal.core.errors import RuleError
from tests.api.receiver import is_genuine, receiving

SECOND = timedelta(seconds=1)


def test_waits_grow_and_are_spread():
    waits = [wait_after(tries, first=5 * SECOND, chance=0.5) for tries in range(1, 9)]

    assert waits[:4] == [5 * SECOND, 20 * SECOND, 80 * SECOND, 320 * SECOND]
    assert waits[-1] == wait_after(1000, first=5 * SECOND, chance=0.5) == LONGEST_WAIT
    assert wait_after(1, first=5 * SECOND, chance=0) == 4 * SECOND
    assert wait_after(1, first=5 * SECOND, chance=1) == 6 * SECOND


def test_a_receiver_rests_from_its_second_failure_on():
    rests = [rest_after(failures, first=5 * SECOND) for failures in (0, 1, 2, 3, 4)]

    assert rests == [0 * SECOND, 0 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND]
    assert rest_after(1000, first=5 * SECOND) == LONGEST_REST


class Line:
    """Events on their way to one receiver; time is moved by hand."""

    def __init__(self, app, server, types=()):
        self.app, self.server = app, server
        self.one, self.other = Subject("appeal", uuid4()), Subject("appeal", uuid4())
        with app.app_context(), transaction(staff=True):
            webhook, self.secret = actions.subscribe(
                "tracker", url=server.url + "/good", types=types, settings=app.config["SETTINGS"],
                by=None,
            )  # fmt: skip
            self.id = webhook.id

    def happen(self, *numbers, about=None, type_="appeal.assigned"):
        with self.app.app_context(), transaction():
            for number in numbers:
                append([Fact(type_, about or self.one, {"n": number})])

    def turn(self, later=0):
        clock.freeze(clock.now() + timedelta(seconds=later + 21))  # The lease is over in any case.
        with self.app.app_context():
            jobs.take_turn(self.id)
        return [event["data"]["n"] for _path, event, _headers in self.server.arrived]


def waiting(line):
    return select(WebhookDelivery).where(WebhookDelivery.webhook_id == line.id)


@pytest.fixture
def line(worker, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as server:
        yield Line(worker, server)


def test_events_go_out_signed_in_order_and_a_refused_one_holds_up_only_its_subject(line):
    line.happen(1, 2)
    line.happen(3, about=line.other)
    line.server.manner = lambda _path, count: "refuse" if count == 1 else "take"

    assert line.turn() == [3]  # 2 waits behind 1, about the same
    line.happen(4)
    assert line.turn(later=10) == [3, 1, 2, 4]
    line.server.manner = lambda _path, _count: "lose"
    line.happen(5)
    assert line.turn() == [3, 1, 2, 4, 5]
    line.server.manner = lambda _path, _count: "take"
    assert line.turn(later=10) == [3, 1, 2, 4, 5, 5]  # twice, with the same id
    twice = [event["id"] for _path, event, _headers in line.server.arrived[-2:]]
    assert len(set(twice)) == 1
    assert all(is_genuine(line.secret, headers) for _path, _event, headers in line.server.arrived)


def test_an_event_that_is_never_taken_is_given_up_and_can_be_replayed(line):
    line.happen(1, 2)
    line.server.manner = lambda _path, count: "refuse" if count <= 3 else "take"

    for _ in range(4):
        found = line.turn(later=3600)
    assert found == [2]  # 1 was given up, so 2 could go
    with line.app.app_context(), transaction(staff=True) as own:
        dead = own.scalars(waiting(line)).one()
        assert (dead.tries, dead.fault, dead.next_try_at) == (3, "HTTP 500", None)
        webhook = own.get(Webhook, line.id)
        actions.replay(webhook, by=None)
    assert line.turn() == [2, 1]
    with line.app.app_context(), transaction() as own:
        assert own.scalars(waiting(line)).all() == []


def test_a_receiver_that_is_down_is_left_alone_and_then_gets_everything(line):
    for number in range(6):
        line.happen(number, about=Subject("appeal", uuid4()))
    line.server.manner = lambda _path, _count: "drop"

    assert line.turn() == []
    assert line.server.count == 2  # not one try for each event
    with line.app.app_context():
        jobs.take_turn(line.id)
    assert line.server.count == 2  # it rests
    line.turn(later=10)
    line.server.manner = lambda _path, _count: "take"
    assert sorted(line.turn(later=60)) == list(range(6))


def test_only_chosen_types_are_sent(line):
    chosen = Line(line.app, line.server, types=["rating.given"])
    chosen.happen(*range(120))
    chosen.happen(7, type_="rating.given")

    assert chosen.turn() == [7]


@pytest.mark.parametrize(
    "url",
    [
        "http://tracker.example.kz/",
        "https://",
        "https://me:secret@tracker.example.kz/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1:8443/x",
        "https://tracker.example.kz:port/",
        "https://tracker.example.kz/a b",
    ],
)
def test_an_address_that_can_be_no_receiver_is_refused(app, url):
    with app.app_context(), pytest.raises(RuleError) as refused:
        actions.subscribe("x", url=url, types=(), settings=app.config["SETTINGS"], by=None)
    assert refused.value.field == "url"
