"""Telling people: a row behind the bell, an e-mail by job, in one transaction."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.db import transaction
from portal.core.text import _l
from portal.notify import kinds
from portal.notify.actions import notify
from portal.notify.models import Notification

kinds.register(
    kinds.Kind(
        "test.ready",
        "circle-check",
        _l("Order %(number)s is ready"),
        _l("It costs %(price)s from %(day)s; made at %(made)s: %(what)s."),
    ),
    kinds.Kind("test.silent", "info", _l("Only here"), by_email=False),
)

VALUES = {
    "number": "26-1",
    "price": Decimal(6990),
    "day": datetime(2026, 12, 1, tzinfo=UTC).date(),
    "made": datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    "what": {"kk": "Интернет қосу", "ru": "Подключение", "en": "Internet"},
}


def jobs(db):
    query = "select task_name, args from jobs.procrastinate_jobs order by id"
    return [tuple(row) for row in db.execute(text(query))]


def told(app, db, users, kind="test.ready", link="/notifications", then=None, **values):
    db.commit()
    clock.freeze(clock.now() + timedelta(seconds=1))
    with app.app_context(), transaction():
        notify(users, kind, link=link, **(values or VALUES))
        if then:
            then()
    return db.scalars(select(Notification).order_by(Notification.id)).all()


def test_a_notification_is_a_row_and_a_job_of_the_same_transaction(app, db, alice, bob):
    rows = told(app, db, [alice.user, bob.id, alice.user])

    assert {row.user_id for row in rows} == {alice.id, bob.id}
    assert {task for task, _ in jobs(db)} == {"portal.notify.jobs.mail_notification"}
    assert sorted(given["notification_id"] for _, given in jobs(db)) == [str(r.id) for r in rows]


def test_what_fails_tells_nobody(app, db, alice):
    with pytest.raises(ZeroDivisionError):
        told(app, db, alice.user, then=lambda: 1 / 0)

    assert db.scalars(select(Notification)).all() == []
    assert jobs(db) == []


def test_a_quiet_kind_sends_no_email(app, db, alice):
    told(app, db, alice.user, "test.silent")

    assert jobs(db) == []


@pytest.mark.parametrize("link", ["//evil.kz", "/\\evil.kz", "https://evil.kz", ""])
def test_a_notification_leads_nowhere_else(app, db, alice, link):
    with pytest.raises(IntegrityError):
        told(app, db, alice.user, link=link)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "from 1 December; made at 22 November, 17:00: Internet."),
        ("ru", "from 1 декабря; made at 22 ноября, 17:00: Подключение."),
        ("kk", "from 1 желтоқсан; made at 22 қараша, 17:00: Интернет қосу."),
    ],
)
def test_it_is_read_in_the_readers_language(app, browser, db, alice, language, words):
    told(app, db, alice.user)
    browser.log_in(alice)

    page = browser.get("notify.list_notifications", lang=language)

    assert "Order 26-1 is ready" in page.text
    assert f"It costs 6 990 ₸ {words}" in page.text


def test_the_bell_counts_and_shows_the_newest_three(app, browser, db, alice):
    for number in "12345":
        told(app, db, alice.user, **{**VALUES, "number": number})
    browser.log_in(alice)

    page = browser.get("notify.list_notifications")

    assert page.one(".bell .count").text == "5"
    shown = [each.text_content() for each in page.all(".topbar button.dropdown-item > span")]
    assert [words for words in shown if words.startswith("Order")] == [
        "Order 5 is ready", "Order 4 is ready", "Order 3 is ready",
    ]  # fmt: skip


def test_opening_one_marks_it_read_and_leads_to_the_thing(app, browser, db, alice):
    (one,) = told(app, db, alice.user, link="/notifications?after=x")
    browser.log_in(alice)

    page = browser.get("notify.list_notifications").submit(form=f"main form[action*='{one.id}']")

    assert page.path == "/notifications"
    assert db.get(Notification, one.id).read_at is not None
    assert page.all(".bell .count") == []


def test_looking_at_the_inbox_changes_nothing(app, browser, db, alice):
    (one,) = told(app, db, alice.user)
    browser.log_in(alice)

    browser.get("notify.list_notifications")

    assert db.get(Notification, one.id).read_at is None


def test_all_are_read_at_once_but_only_ones_own(app, browser, db, alice, bob):
    told(app, db, [alice.user, bob.user])
    browser.log_in(alice)

    browser.get("notify.list_notifications").submit(form="main form[action$='read-all']")

    unread = db.scalars(select(Notification).where(Notification.read_at.is_(None))).all()
    assert [row.user_id for row in unread] == [bob.id]


def test_somebody_elses_notification_is_not_found(app, browser, db, alice, bob):
    (one,) = told(app, db, alice.user)
    browser.log_in(bob)

    assert browser.post("notify.open_notification", notification_id=one.id).status == 404
    assert "Order" not in browser.get("notify.list_notifications").text


def test_a_long_inbox_goes_on_on_the_next_page(app, browser, db, alice):
    for number in range(30):
        told(app, db, alice.user, **{**VALUES, "number": f"n{number:02}"})
    browser.log_in(alice)

    first = browser.get("notify.list_notifications")
    second = first.follow("Show more")

    assert "Order n05 is ready" in first.text.split("Notifications", 1)[1]
    assert "Order n00 is ready" in second.text
    assert len(second.all("main .thing")) == 5
