"""A page does a fixed number of statements, whatever stands behind it."""

import pytest
from sqlalchemy import Engine, insert, update

from portal.appeals import actions
from portal.appeals.models import Appeal, Contact
from portal.appeals.states import AppealKind
from portal.core import clock, ids
from portal.promises.models import Promise
from portal.staff.models import CannedReply
from tests.appeals.factories import as_customer, as_staff, file_appeal
from tests.statements import counted


def crowd(db, account_id, how_many):
    """Add appeals with an open promise each, quickly."""
    contacts, appeals, promises = [], [], []
    for place in range(how_many):
        contact_id, appeal_id, now = ids.uuid7(), ids.uuid7(), clock.now()
        contacts.append(
            {"id": contact_id, "account_id": account_id, "channel": "form", "name": f"N{place}"}
            | {"address": "a@example.kz", "language": "ru", "created_at": now}
        )
        appeals.append(
            {"id": appeal_id, "version": 1, "number": f"26-{how_many}-{place}", "kind": "question"}
            | {"account_id": account_id, "contact_id": contact_id, "channel": "form"}
            | {"subject": f"Crowd {place}", "state": "registered", "received_at": now}
            | {"cycle": 1, "head": "0" * 64, "length": 0}
        )
        promises.append(
            {"id": ids.uuid7(), "subject_kind": "appeal", "subject_id": appeal_id, "cycle": 1}
            | {"account_id": account_id, "kind": "interim", "rule": "interim", "moved": 0}
            | {"policy_version": 1, "started_at": now, "due_at": now, "is_next": True}
        )
    db.execute(insert(Contact), contacts)
    db.execute(insert(Appeal), appeals)
    db.execute(insert(Promise), promises)
    db.commit()


def measured(harness_engine: Engine, open_page):
    with counted(harness_engine) as statements:
        page = open_page()
    assert page.status == 200
    return page, len(statements)


def test_the_queue_stays_cheap_with_a_thousand(browser, db, harness_engine, alice, dora):
    crowd(db, alice.account_id, 1)
    browser.log_in(dora)
    _, one = measured(harness_engine, lambda: browser.get("staff.show_queue"))
    crowd(db, alice.account_id, 1_000)

    page, many = measured(harness_engine, lambda: browser.get("staff.show_queue"))

    assert len(page.all(".ticket")) == 25
    assert many == one <= 12
    assert len(page.body.encode()) <= 40 * 1024


def test_an_appeal_stays_cheap_with_a_long_conversation(
    app, browser, db, harness_engine, alice, dora
):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    path = f"/a/{alice.account_id}/appeals/{appeal_id}"
    browser.log_in(alice)

    def open_page():
        return browser.open(path)

    open_page()  # The process reads the policy's version once.
    _, one = measured(harness_engine, open_page)
    for place in range(20):
        as_staff(app, dora, appeal_id, actions.answer, body=f"Answer {place}")
        as_customer(app, alice, appeal_id, actions.reply, body=f"Reply {place}")

    _, many = measured(harness_engine, open_page)

    assert many == one <= 10


@pytest.mark.parametrize("endpoint", ["appeals.list_appeals", "home.show_home"])
def test_lists_of_a_contract_stay_cheap_with_a_thousand(
    browser, db, harness_engine, alice, endpoint
):
    path = browser.url(endpoint, account_id=alice.account_id)
    crowd(db, alice.account_id, 1)
    browser.log_in(alice)

    def open_page():
        return browser.open(path)

    _, one = measured(harness_engine, open_page)
    crowd(db, alice.account_id, 1_000)

    _, many = measured(harness_engine, open_page)

    assert many == one <= 12


def test_the_page_of_a_specialist_stays_cheap_whatever_stands_on_it(
    app, browser, db, harness_engine, alice, dora
):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    browser.log_in(dora)

    def open_page():
        return browser.get("staff.show_ticket", appeal_id=appeal_id)

    open_page()  # The process reads the policy's version once.
    _, one = measured(harness_engine, open_page)
    crowd(db, alice.account_id, 60)
    db.execute(update(Appeal).where(Appeal.id != appeal_id).values(duplicate_of_id=appeal_id))
    texts = {"kk": "K", "ru": "R", "en": "E"}
    db.add_all(CannedReply(name=f"Reply {place}", texts=texts) for place in range(20))
    for place in range(10):
        as_staff(app, dora, appeal_id, actions.answer, body=f"Answer {place}")
        as_staff(app, dora, appeal_id, actions.add_note, body=f"Note {place}")

    _, many = measured(harness_engine, open_page)

    assert many == one <= 30


@pytest.mark.parametrize("endpoint", ["staff.supervise", "staff.answer_many", "staff.search"])
def test_pages_of_many_appeals_stay_cheap(browser, db, harness_engine, alice, eric, endpoint):
    path = browser.url(endpoint, q="crowd")
    crowd(db, alice.account_id, 1)
    browser.log_in(eric)
    _, one = measured(harness_engine, lambda: browser.open(path))
    crowd(db, alice.account_id, 300)

    _, many = measured(harness_engine, lambda: browser.open(path))

    assert many == one <= 15
