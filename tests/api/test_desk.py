"""The administrator's page: tokens, receivers, and what was given up."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import StaffRole
from portal.api.models import ApiToken, Webhook, WebhookDelivery
from portal.core import clock, ids
from portal.core.db import digest
from tests.cast import Person, make_user
from tests.test_bad_input import TYPED


def harry(db):
    """Add an administrator."""
    person = Person(make_user(db, "Harry Hasen", staff_role=StaffRole.ADMINISTRATOR))
    db.commit()
    return person


@pytest.fixture
def desk(browser, db):
    """Open the page as the administrator."""
    browser.log_in(harry(db))
    return browser.get("api.show_feed")


def press(page, name, value):
    return page.submit(form=f"form:has([name={name}][value='{value}'])", button=f"{name}={value}")


def webhook_of(db, **more):
    now = clock.now()
    facts = {"name": "Tracker", "url": "https://tracker.example.kz/", "types": []}
    times = {"created_at": now, "rests_until": now, "leased_until": now}
    made = Webhook(id=ids.uuid7(), cursor_xid=2**60, cursor_seq=0, **facts | times | more)
    db.add(made)
    db.flush()
    return made


def given_up(db, webhook, count):
    now = clock.now()
    for _ in range(count):
        db.add(
            WebhookDelivery(
                webhook_id=webhook.id,
                event_id=ids.uuid7(),
                event_at=now,
                subject_id=ids.uuid7(),
                tries=10,
                dead_at=now,
                fault="HTTP 500",
            )
        )
    db.commit()


def test_a_token_is_shown_once_and_opens_what_was_ticked(desk, browser, db):
    made = desk.submit(
        form="form[action$=tokens]", system="Tracker", scopes=["events:read"], days="30"
    )
    secret = made.one("main code").text_content()
    token = db.scalars(select(ApiToken)).one()

    assert token.token_hash == digest(secret)
    assert (token.scopes, token.expires_at) == (["events:read"], clock.now() + timedelta(days=30))
    page = browser.get("api.show_feed")
    assert secret not in page.body
    page.submit(form=f"form[action*='{token.id}']")
    db.expire_all()
    assert token.revoked_at == clock.now()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"scopes": []}, "Choose what the token opens."),
        ({"days": "10000"}, "1 to 730 days"),
        ({"scopes": ["tickets:write"]}, "Name the colleague"),
        ({"scopes": ["tickets:write"], "speaks_for": "alice@example.kz"}, "Name the colleague"),
        ({"system": ""}, "Write the name of the system."),
    ],
)
def test_a_token_that_makes_no_sense_is_refused_and_what_was_typed_stays(desk, db, typed, words):
    usual = {"system": "CRM", "scopes": ["events:read"], "days": "30"}

    page = desk.submit(form="form[action$=tokens]", **usual | typed)

    assert page.status == 422
    assert words in page.text
    assert page.value("system") == (usual | typed)["system"]
    assert db.scalars(select(ApiToken)).all() == []


def test_no_system_speaks_for_an_agency(desk, db):
    make_user(db, "Hana Hadi", staff_role=StaffRole.AGENCY)
    db.commit()

    page = desk.submit(
        form="form[action$=tokens]",
        system="CRM",
        scopes=["tickets:write"],
        days="30",
        speaks_for="hana@example.kz",
    )

    assert "Name the colleague" in page.text
    assert db.scalars(select(ApiToken)).all() == []


@pytest.mark.parametrize("form", ["tokens", "receivers"])
def test_what_nobody_should_type_is_refused_in_words(desk, form):
    page = desk
    for typed in TYPED.values():
        fields = page.all(f"form[action$={form}] input:not([type=hidden]):not([type=checkbox])")
        page = page.submit(
            form=f"form[action$={form}]", **{field.get("name"): typed for field in fields}
        )
        assert page.status == 422
        assert page.all(f"form[action$={form}] .errors, form[action$={form}] [role=alert]")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_stand_in_every_language(desk, browser, db, language):
    webhook = webhook_of(db, failures=2, fault="HTTP 500")
    given_up(db, webhook, 1)

    assert browser.get("api.show_feed", lang=language).status == 200
    assert browser.get("api.show_webhook", webhook_id=webhook.id, lang=language).status == 200


def test_a_receiver_gets_a_secret_and_can_be_paused_and_removed(desk, browser, db):
    form = "form[action$=receivers]"
    refused = desk.submit(form=form, name="Tracker", url="http://tracker.example.kz/")
    assert refused.status == 422
    assert "https address" in refused.text

    made = refused.submit(form=form, url="https://tracker.example.kz/", types=["rating.given"])
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{44}", made.one("main code").text_content())
    webhook = db.scalars(select(Webhook)).one()
    assert webhook.types == ["rating.given"]

    page = browser.get("api.show_webhook", webhook_id=webhook.id)
    page = press(page, "act", "pause")
    assert "paused" in page.text
    page = press(press(page, "act", "resume"), "act", "end")
    assert page.path == "/staff/feed"
    assert browser.get("api.show_webhook", webhook_id=webhook.id).status == 404


def test_what_was_given_up_is_paged_and_sent_again(desk, browser, db, count_statements):
    webhook = webhook_of(db, failures=4, fault="HTTP 500")
    given_up(db, webhook, 30)

    page = browser.get("api.show_webhook", webhook_id=webhook.id)
    assert "30 events given up" in page.text
    page = press(page, "delivery", page.all("[name=delivery]")[0].get("value"))
    assert "29 events given up" in page.text
    page = press(page, "act", "replay")
    assert "Nothing: every event arrived" in page.text
    rows = db.scalars(select(WebhookDelivery)).all()
    assert {(row.tries, row.dead_at, row.next_try_at) for row in rows} == {(0, None, clock.now())}
    assert count_statements("api.show_webhook", webhook_id=webhook.id) <= 12
    assert count_statements("api.show_feed") <= 12


def test_somebody_elses_event_is_not_sent_again(desk, browser, db):
    mine, other = webhook_of(db), webhook_of(db)
    given_up(db, other, 1)
    one = db.scalars(select(WebhookDelivery.id)).one()

    said = {"act": "", "delivery": str(one)}
    assert browser.post("api.show_webhook", said, webhook_id=mine.id).status == 404
    assert browser.post("api.show_webhook", {"act": "burn"}, webhook_id=mine.id).status == 404
    assert db.scalars(select(WebhookDelivery.dead_at)).one() is not None
