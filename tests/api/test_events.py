"""The feed over HTTP, with appeals that people really file."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.api import actions
from portal.api.feed import TYPES, events_after, place_of_now
from portal.api.models import ApiAct, ApiToken, Event, Scope, Webhook, WebhookDelivery
from portal.api.presenting import PATH
from portal.appeals.actions import claim, send_final, send_interim, withdraw
from portal.appeals.outages.models import Outage
from portal.core import clock, ids
from portal.core.db import digest, transaction
from portal.core.events import publish
from portal.events import PromiseBroken, PromiseDue, RatingGiven, StepsPassed
from tests.api.test_tmf621 import SAID
from tests.appeals.factories import acting, as_customer, as_staff, file_appeal


def token_for(town, *scopes):
    with town.app.app_context(), transaction(staff=True):
        return actions.open_to("tracker", scopes=set(scopes), days=30)[1]


class Reader:
    """A system that reads the feed."""

    def __init__(self, town, token):
        self.client = town.app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, **asked):
        return self.client.get("/api/v1/events", query_string=asked, headers=self.headers)


def test_what_happens_to_an_appeal_is_told_once_and_in_order(town):
    reader = Reader(town, token_for(town, Scope.READ_EVENTS))
    with town.app.app_context(), transaction():
        start = str(place_of_now())
    file_appeal(town.app, town.alice, body="Why is it so high? It is my own secret.")

    whole = reader.get(after=start).json
    types = [each["type"] for each in whole["events"]]
    assert types[0] == "appeal.registered"
    assert "appeal.message_added" in types
    assert types.count("promise.made") == 2  # interim and final answer
    assert {each["subject"] for each in whole["events"]} == {whole["events"][0]["subject"]}
    assert "secret" not in str(whole)
    assert "Alice" not in str(whole)

    pieces, cursor = [], start
    for _ in types:
        got = reader.get(after=cursor, limit=1).json
        pieces += got["events"]
        cursor = got["next"]
    assert pieces == whole["events"]
    assert reader.get(after=cursor).json == {"events": [], "next": cursor, "more": False}


def work_on(town):
    """Let happen whatever is told: to two appeals, their promises, an outage, by the clock."""
    first, second = (file_appeal(town.app, person) for person in (town.alice, town.cast["bob"]))
    dora, until = town.cast["dora"], clock.now() + timedelta(hours=9)
    as_staff(town.app, dora, first, claim)
    said = {"body": "We look.", "promised_at": until, "reason": ""}
    as_staff(town.app, dora, first, send_interim, **said)
    as_staff(town.app, dora, first, send_final, body="It is right.")
    as_customer(town.app, town.cast["bob"], second, withdraw)
    about = {"subject_kind": "appeal", "subject_id": first, "kind": "final", "cycle": 1}
    due = PromiseDue(**about, percent=50, due_at=until)
    with acting(town.app, staff=True, user_id=dora.id) as session:
        publish(StepsPassed((due, PromiseBroken(**about, due_at=until))))
        publish(RatingGiven("appeal", first, 5))
        outage = outage_of(dora, until)
        session.add(outage)
        session.flush()
        outage.move(until + timedelta(hours=1), now=clock.now())
        session.flush()
        outage.restore(clock.now(), now=clock.now())


def outage_of(author, until):
    now = clock.now()
    return Outage(
        id=ids.uuid7(),
        is_planned=False,
        cause=dict.fromkeys(("kk", "ru", "en"), "A cable is cut"),
        technologies=[],
        started_at=now - timedelta(hours=1),
        promised_at=until,
        opened_at=now,
        author_id=author.id,
    )


def test_every_type_of_the_feed_is_told(town):
    with town.app.app_context(), transaction():
        start = place_of_now()
    work_on(town)

    with town.app.app_context(), transaction(staff=True):
        told = {row.type: row.data for row in events_after(start)}
    assert set(told) == set(TYPES)
    assert told["appeal.assigned"] == {"before": None, "assignee_id": str(town.cast["dora"].id)}
    assert told["promise.due"]["percent"] == 50
    assert told["promise.ended"]["outcome"] == "released"
    assert told["outage.ended"]["end"] == "restored"
    assert "cable" not in str(told)


def test_a_token_ends_and_its_use_is_seen(town):
    secret = token_for(town, Scope.READ_EVENTS)
    reader = Reader(town, secret)
    assert reader.get().status_code == 200
    with town.app.app_context(), transaction(staff=True) as own:
        token = own.scalars(select(ApiToken).where(ApiToken.token_hash == digest(secret))).one()
        assert token.used_at == clock.now()

    clock.freeze(clock.now() + timedelta(days=31))
    assert reader.get().status_code == 401


def test_a_token_is_made_listed_and_revoked_on_the_command_line(town):
    run = town.app.test_cli_runner().invoke
    made = run(args=["api", "token", "billing", "--scope", "events:read", "--days", "9"])
    reader = Reader(town, made.output.strip())
    assert reader.get().status_code == 200

    line = next(
        row for row in run(args=["api", "tokens"]).output.splitlines() if " billing " in row
    )
    assert run(args=["api", "revoke", line.split()[0]]).output == "revoked\n"
    assert reader.get().status_code == 401
    assert run(args=["api", "token", "crm", "--scope", "tickets:write"]).exit_code == 1


def test_what_is_not_there_is_told_to_programs_too(town):
    client = town.app.test_client()

    for method, path, status in (("GET", "/api/v1/x", 404), ("POST", "/api/v1/events", 405)):
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_customers_session_sees_nothing_of_it(town):
    token_for(town, Scope.READ_EVENTS)
    file_appeal(town.app, town.alice)
    own = {"account_id": town.alice.account_id, "user_id": town.alice.id}

    with town.app.app_context(), transaction(**own) as session:
        for table in (Event, ApiToken, ApiAct, Webhook, WebhookDelivery):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_the_same_ticket_sent_by_two_at_once_is_made_once(town):
    with town.app.app_context(), transaction(staff=True) as own:
        dora = own.get(User, town.cast["dora"].id)
        token = actions.open_to("crm", scopes={Scope.WRITE_TICKETS}, days=30, speaks_for=dora)[1]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "at-once"}

    def post(_number):
        return town.app.test_client().post(PATH, json=SAID, headers=headers)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(post, range(4)))
    assert {answer.status_code for answer in made} == {201}
    assert len({answer.json["id"] for answer in made}) == 1


def test_a_call_that_is_wrong_is_told_what_to_mend(town):
    reader = Reader(town, token_for(town, Scope.READ_EVENTS))
    stranger, other = Reader(town, "kabinet_x"), Reader(town, token_for(town, Scope.READ_TICKETS))

    assert stranger.get().status_code == 401
    assert stranger.get().headers["WWW-Authenticate"].startswith("Bearer")
    assert other.get().status_code == 403
    for asked in ({"after": "x"}, {"limit": "0"}, {"limit": "501"}, {"limit": "ten"}):
        refused = reader.get(**asked)
        assert refused.status_code == 400
        assert refused.mimetype == "application/problem+json"
        assert [each["field"] for each in refused.json["errors"]] == list(asked)
    for _ in range(20):
        last = stranger.get()
    assert last.status_code == 429
    assert last.mimetype == "application/problem+json"
    assert reader.get().status_code == 200  # Who shows a right token is let in all the same.
