"""The page of an appeal: its promises, replies, files, and who may see it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.appeals import actions
from portal.appeals.models import Appeal, Attachment
from portal.appeals.states import AppealKind
from portal.appeals.timekeeping.models import AppealCredit
from portal.core import clock, ids
from tests.appeals.factories import (
    acting,
    as_customer,
    as_staff,
    file_appeal,
    stored,
    writer_of,
)
from tests.appeals.typed import ODD, new_form, picture


def show(browser, person, appeal_id, **more):
    return browser.get(
        "appeals.show_appeal", account_id=person.account_id, appeal_id=appeal_id, **more
    )


def test_the_list_starts_with_what_to_do_and_then_shows_the_next_promise(app, browser, alice):
    browser.log_in(alice)
    assert "No appeals yet" in browser.get("appeals.list_appeals", account_id=alice.account_id).text

    file_appeal(app, alice)
    page = browser.get("appeals.list_appeals", account_id=alice.account_id)

    assert "Evening trouble" in page.text
    assert "We answer by 22 November, 24:00" in page.text


def test_the_page_tells_every_promise_and_why(app, browser, alice, dora, noon):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    clock.freeze(noon + timedelta(hours=15))
    as_staff(app, dora, appeal_id, actions.answer, body="Sorry for the wait.")
    clock.freeze(noon + timedelta(hours=20))
    as_staff(
        app,
        dora,
        appeal_id,
        actions.send_interim,
        body="The port is changed.",
        promised_at=noon + timedelta(hours=47),
        reason="",
    )
    clock.freeze(noon + timedelta(hours=21))
    browser.log_in(alice)

    page = show(browser, alice, appeal_id)

    assert "Answer on the same day: broken" in page.text
    assert "promised by 22 November, 24:00, came on 23 November, 08:00, 8 hours late" in page.text
    assert "Answer on 23 November: kept" in page.text
    assert "We repair it by 24 November, 16:00" in page.text
    assert "26:00" in page.text
    assert "1 day 2 hours left, counted at 14:00" in page.text
    assert "A specialist named an earlier time" in page.text
    assert "round the clock, without breaks" in page.text
    assert "Rule “Repair”, version 2" in page.text
    assert "Final answer by 24 November, 16:00" in page.text
    assert "Dora D." in page.text
    assert "Duman" not in page.text


def test_a_reply_is_added(app, browser, db, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)

    page = show(browser, alice, appeal_id).submit(form="#reply", body=ODD, button="act=send")

    assert "Your message is sent" in page.text
    assert ODD in page.text
    assert stored(db, appeal_id).length == 2


def test_an_empty_reply_is_refused_on_the_page_of_the_appeal(app, browser, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)

    page = show(browser, alice, appeal_id).submit(form="#reply", body=" ", button="act=send")

    assert page.status == 422
    assert page.h1 == "Evening trouble"
    assert "Write a message first" in page.text


def test_a_reply_to_an_appeal_that_closed_meanwhile_is_kept_and_explained(app, browser, db, alice):
    appeal_id = file_appeal(app, alice)
    browser.log_in(alice)
    form = show(browser, alice, appeal_id)
    as_customer(app, alice, appeal_id, actions.withdraw)

    page = form.submit(form="#reply", body="One more thing", button="act=send")

    assert page.status == 422
    assert "This appeal is over" in page.text
    assert stored(db, appeal_id).length == 1


def test_the_customer_closes_and_withdraws(app, browser, db, alice):
    one, two = file_appeal(app, alice, AppealKind.FAULT), file_appeal(app, alice)
    browser.log_in(alice)

    closed = show(browser, alice, one).submit(form="form[action$='/close']")
    withdrawn = show(browser, alice, two).submit(form="form[action$='/withdraw']")

    assert "Repair: kept" in closed.text
    assert "Closed" in closed.text
    assert "no longer needed" in withdrawn.text
    assert "Withdrawn" in withdrawn.text
    stale = browser.post("appeals.withdraw_appeal", account_id=alice.account_id, appeal_id=one)
    assert stale.status == 409
    assert "changed meanwhile" in stale.text


def test_a_new_appeal_can_follow_one_that_is_over(app, browser, db, alice):
    old = file_appeal(app, alice)
    as_customer(app, alice, old, actions.withdraw)
    browser.log_in(alice)

    page = show(browser, alice, old).follow("Write an appeal")
    page.submit(kind="question", subject="Again", body="Text", button="act=send")

    assert db.scalars(select(Appeal.follows_id).where(Appeal.subject == "Again")).one() == old


@pytest.mark.parametrize(
    "endpoint",
    [
        "appeals.show_appeal",
        "appeals.reply_appeal",
        "appeals.close_appeal",
        "appeals.withdraw_appeal",
    ],
)
def test_someone_elses_appeal_is_not_found(app, browser, db, alice, bob, endpoint):
    appeal_id = file_appeal(app, alice)
    browser.log_in(bob)

    for account_id in (alice.account_id, bob.account_id):
        values = {"account_id": account_id, "appeal_id": appeal_id}
        if endpoint == "appeals.show_appeal":
            assert browser.get(endpoint, **values).status == 404
        else:
            assert browser.post(endpoint, {"body": "Hello"}, **values).status == 404

    assert stored(db, appeal_id).length == 1


def test_a_foreign_file_or_draft_is_not_found(app, browser, db, alice, bob):
    mine = file_appeal(app, bob)
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="fault", subject="Evening trouble", body="Look", button="act=files"
    )
    draft_path = page.path
    page = page.submit(form="form[enctype]", file=(picture(), "a.png"))
    page = page.submit(form="form[action$='/send']")
    file_path = page.all("a.file")[0].get("href")
    browser.log_in(bob)

    assert browser.open(file_path).status == 404
    assert (
        browser.open(draft_path.replace(str(alice.account_id), str(bob.account_id))).status == 404
    )
    attachment_id = db.scalars(select(Attachment.id)).one()
    stolen = browser.get(
        "appeals.download_file",
        account_id=bob.account_id,
        appeal_id=mine,
        attachment_id=attachment_id,
    )
    assert stolen.status == 404


def test_a_file_is_given_out_by_a_seal_and_by_no_cookie(browser, alice):
    browser.log_in(alice)
    page = new_form(browser, alice).submit(
        kind="question", subject="Lamp", body="Red", button="act=files"
    )
    page = page.submit(form="form[enctype]", file=(picture(), "lamp.png"))
    page = page.submit(form="form[action$=send]")
    asked = browser.send("GET", page.one("a.file").get("href"))
    sealed = asked.headers["Location"]
    browser.log_out()

    given = browser.open(sealed)

    assert asked.status == 303
    assert given.headers["Content-Disposition"] == "attachment; filename=lamp.png"
    assert "Set-Cookie" not in given.headers
    assert browser.open(sealed.replace("/files/", "/files/x")).status == 404
    assert browser.send("GET", page.one("a.file").get("href")).status == 302  # Who are you?


def test_a_viewer_reads_and_cannot_write(app, browser, alice, carol):
    appeal_id = file_appeal(app, alice)
    browser.log_in(carol)

    page = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id)

    assert page.status == 200
    assert not page.all("#reply")
    refused = browser.post(
        "appeals.reply_appeal", {"body": "x"}, account_id=alice.account_id, appeal_id=appeal_id
    )
    assert refused.status == 403


def test_a_new_appeal_names_the_one_that_it_follows(app, browser, db, alice, bob, dora):
    first = file_appeal(app, alice)
    as_staff(app, dora, first, actions.send_final, body="Done.")
    as_customer(app, alice, first, actions.close_as_working)
    browser.log_in(alice)

    page = show(browser, alice, first).follow("Write an appeal")
    page = page.submit(kind="question", subject="Again", body="It is back.", button="act=send")

    number = stored(db, first).number
    assert page.one(f"#appeal-side a[href$='{first}']").text_content() == number
    foreign = browser.get("appeals.file_appeal", account_id=alice.account_id, about=ids.uuid7())
    assert foreign.submit(kind="question", subject="x", body="y", button="act=send").status == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_speak_three_languages(app, browser, alice, language):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    browser.log_in(alice)
    for endpoint, values in [
        ("appeals.list_appeals", {}),
        ("appeals.file_appeal", {}),
        ("appeals.show_appeal", {"appeal_id": appeal_id}),
    ]:
        page = browser.get(endpoint, account_id=alice.account_id, lang=language, **values)
        assert page.status == 200
    assert browser.get("appeals.check_receipt", lang=language).status == 200
    browser.log_out()
    for endpoint in ("appeals.file_publicly", "appeals.track_appeal"):
        assert browser.get(endpoint, lang=language).status == 200


def add_credit(db, appeal_id, day):
    credit = AppealCredit(id=ids.uuid7(), appeal_id=appeal_id, promise_kind="repair", cycle=1)
    credit.day, credit.amount, credit.credited_at = day, Decimal(1000), clock.now()
    db.add(credit)
    db.commit()


def test_a_late_appeal_that_follows_another_takes_ten_statements(
    app, db, browser, alice, count_statements, noon
):
    earlier = file_appeal(app, alice)
    with acting(app, account_id=alice.account_id, user_id=alice.id) as session:
        filed = actions.file_appeal(
            writer_of(session, alice),
            kind=AppealKind.FAULT,
            subject="It is back",
            body="And again.",
            follows=session.get_one(Appeal, earlier),
        )
        appeal_id = filed.appeal.id
    for day in (1, 2):
        add_credit(db, appeal_id, day)
    clock.freeze(noon + timedelta(days=5))  # Its promises are broken.
    browser.log_in(alice)

    taken = count_statements(
        "appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id
    )

    page = show(browser, alice, appeal_id)
    assert page.text.count("1 000") == 2
    assert stored(db, earlier).number in page.text
    assert taken <= 10
