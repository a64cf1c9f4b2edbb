"""Trouble tickets over HTTP are the same appeals."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.api.models import ApiToken, Scope
from portal.appeals.actions import add_note
from portal.appeals.models import Appeal, AppealNote, Contact, Message
from portal.core import clock, ids
from portal.core.db import digest
from tests.api.test_tmf621 import SAID
from tests.appeals.factories import as_staff, file_appeal
from tests.statements import counted

PATH = "/api/tmf-api/troubleTicket/v4/troubleTicket"


@pytest.fixture
def crm(app, db, dora):
    """Return a function that calls as the operator's CRM, which speaks for dora."""
    db.add(
        ApiToken(
            id=ids.uuid7(),
            system="crm",
            token_hash=digest("the-token"),
            scopes=[Scope.READ_TICKETS, Scope.WRITE_TICKETS],
            speaks_for_id=dora.id,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )
    )
    db.commit()
    client = app.test_client()

    def call(method, path=PATH, *, key="", **options):
        headers = {"Authorization": "Bearer the-token", "Idempotency-Key": key}
        answer = client.open(path, method=method, headers=headers, **options)
        db.expire_all()
        return answer

    return call


def count(db, table=Appeal):
    return db.scalar(select(func.count()).select_from(table))


def test_a_ticket_of_another_channel_is_an_appeal(crm, db):
    made = crm("POST", json=SAID)

    assert made.status_code == 201
    ticket = made.json
    appeal, contact = db.execute(
        select(Appeal, Contact).join(Contact, Contact.id == Appeal.contact_id)
    ).one()
    assert made.headers["Location"].endswith(str(appeal.id))
    assert (appeal.channel, appeal.kind, contact.language) == ("facebook", "fault", "kk")
    assert ticket["status"] == "acknowledged"
    assert ticket["number"] == appeal.number
    assert ticket["externalId"] == "crm-1"
    assert ticket["description"] == SAID["description"]
    assert "expectedResolutionDate" in ticket
    assert crm("GET", f"{PATH}/{appeal.id}").json == ticket


def test_the_same_call_again_does_nothing_and_answers_the_same(crm, db):
    first, again = crm("POST", json=SAID), crm("POST", json=SAID)
    keyed = {**SAID, "externalId": "crm-2"}
    with_key, with_key_again = (crm("POST", key="k1", json=keyed) for _ in range(2))

    assert (again.status_code, again.json) == (201, first.json)
    assert with_key_again.json == with_key.json
    assert crm("POST", key="new", json=keyed).json["id"] == with_key.json["id"]
    assert count(db) == 2
    assert crm("POST", json={**SAID, "name": "Other"}).status_code == 409
    assert crm("POST", key="k1", json={**keyed, "externalId": "crm-3"}).status_code == 422
    assert count(db) == 2


def test_a_ticket_is_worked_to_its_end(crm, db):
    path = f"{PATH}/{crm('POST', json=SAID).json['id']}"

    def patch(**said):
        answer = crm("PATCH", path, json=said)
        return answer.status_code, answer.json.get("status")

    assert patch(status="inProgress") == (200, "inProgress")
    assert patch(status="pending") == (422, 422)  # a problem, with the field to mend
    assert patch(status="pending", note=[{"text": "Which lamp is red?"}]) == (200, "pending")
    assert patch(note=[{"author": "customer", "text": "The left one."}]) == (200, "inProgress")
    assert patch(status="resolved", note=[{"text": "We changed the box."}]) == (200, "resolved")
    assert patch(status="cancelled") == (409, 409)
    assert patch(status="held") == (422, 422)
    assert patch(note=[{"author": "system", "text": "All is well."}]) == (422, 422)
    assert patch(status="closed") == (200, "closed")
    written = [(each["author"], each["kind"]) for each in crm("GET", path).json["note"]]
    assert written == [
        ("customer", "message"),
        ("specialist", "question"),
        ("customer", "message"),
        ("specialist", "final"),
    ]


def test_a_message_with_a_key_is_said_once(crm, db):
    path = f"{PATH}/{crm('POST', json=SAID).json['id']}"
    said = {"note": [{"text": "A technician comes at three."}]}

    assert crm("PATCH", path, key="m1", json=said).status_code == 200
    assert crm("PATCH", path, key="m1", json=said).status_code == 200
    assert count(db, Message) == 2
    assert crm("PATCH", path, key="m1", json={"status": "closed"}).status_code == 422


def test_a_contract_is_named_with_its_proof(crm, db, alice):
    customer = {"id": alice.account.number, "role": "customer", "proof": "document"}

    made = crm("POST", json={**SAID, "relatedParty": [customer]})
    stranger = {**SAID, "externalId": "x", "relatedParty": [customer | {"id": "1"}]}

    assert made.json["relatedParty"] == [{"id": alice.account.number, "role": "customer"}]
    assert db.scalars(select(Appeal.account_id)).one() == alice.account_id
    assert crm("POST", json=stranger).json["errors"][0]["field"] == "relatedParty.0.id"


def test_lists_are_filtered_and_paged(crm, db):
    made = [crm("POST", json={**SAID, "externalId": str(n)}).json["id"] for n in range(3)]
    crm("PATCH", f"{PATH}/{made[0]}", json={"status": "inProgress"})

    def found(**asked):
        return [each["id"] for each in crm("GET", query_string=asked).json]

    assert found() == made[::-1]
    assert found(status="inProgress") == made[:1]
    assert found(status="held") == []
    assert found(**{"creationDate.gte": "2026-11-22T12:00:00+00:00"}) == made[::-1]
    assert found(**{"creationDate.lt": "2026-11-22T12:00:00Z"}) == []
    first = crm("GET", query_string={"limit": 2, "fields": "number"})
    assert set(first.json[0]) == {"id", "href", "number"}
    following = first.headers["Link"].partition(">")[0].removeprefix("<http://localhost")
    assert [each["id"] for each in crm("GET", following).json] == made[:1]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400),
        ({"data": b"[" * 100_000, "content_type": "application/json"}, 400),
        ({"data": b"\xff", "content_type": "application/json"}, 400),
        ({"data": b"{}", "content_type": "text/plain"}, 415),
        ({"data": b"x" * (1024 * 1024 + 1), "content_type": "application/json"}, 413),
        ({"json": [1]}, 422),
        ({"data": b'{"name": "\\ud800"}', "content_type": "application/json"}, 400),
        ({"json": {**SAID, "receivedAt": "2030-01-01T00:00:00Z"}}, 422),
        ({"json": {**SAID, "receivedAt": "2020-01-01T00:00:00Z"}}, 422),
    ],
)
def test_bad_bodies_are_refused_in_words(crm, db, options, status):
    refused = crm("POST", **options)

    assert refused.status_code == status
    assert refused.mimetype == "application/problem+json"
    assert refused.json["detail"]
    assert count(db) == 0


@pytest.mark.parametrize(
    "asked", [{"status": "open"}, {"creationDate.gte": "today"}, {"limit": "0"}]
)
def test_bad_filters_are_refused(crm, asked):
    refused = crm("GET", query_string=asked)

    assert refused.status_code == 400
    assert [each["field"] for each in refused.json["errors"]] == list(asked)


def test_notes_among_specialists_never_leave(app, crm, db, alice, dora):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, add_note, body="He shouted.")

    assert "shouted" not in crm("GET", f"{PATH}/{appeal_id}").get_data(as_text=True)
    assert count(db, AppealNote) == 1


def test_a_list_takes_as_many_statements_whatever_it_holds(crm, harness_engine):
    def statements():
        with counted(harness_engine) as found:
            assert crm("GET").status_code == 200
        return len(found)

    crm("POST", json=SAID)
    crm("GET")
    few = statements()
    for number in range(3):
        crm("POST", json={**SAID, "externalId": str(number)})

    assert statements() == few <= 10


def test_an_unknown_ticket_is_not_found(crm):
    assert crm("GET", f"{PATH}/{ids.uuid7()}").status_code == 404
    assert crm("PATCH", f"{PATH}/{ids.uuid7()}", json={"status": "closed"}).status_code == 404


def test_who_works_here_no_more_says_nothing(crm, db, dora):
    dora.user.staff_role = None
    db.commit()

    assert crm("POST", json=SAID).status_code == 409
    assert count(db) == 0
