"""The desk's other pages: filters, search, canned replies, registration, many, supervision."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.appeals import actions, presence
from portal.appeals.actions import desk
from portal.appeals.models import Appeal, AppealNote, Contact
from portal.appeals.states import AppealKind, Author
from portal.core import clock, ids
from portal.notify.models import Notification
from portal.staff.models import BulkAnswer, BulkAnswerItem, CannedReply
from tests.appeals.factories import acting, as_staff, file_appeal, file_publicly, stored

HTMX = {"HX-Request": "true"}


def ticket(browser, appeal_id):
    return browser.get("staff.show_ticket", appeal_id=appeal_id)


def test_filters_of_the_queue(app, browser, alice, dora):
    file_appeal(app, alice, AppealKind.FAULT, subject="A fault")
    file_publicly(app, subject="A question")
    browser.log_in(dora)

    def shown(**asked):
        text = browser.get("staff.show_queue", **asked).text
        return [name for name in ("A fault", "A question") if name in text]

    assert shown(kind="fault") == ["A fault"]
    assert shown(state="registered", language="en", channel="form") == ["A fault", "A question"]
    assert shown(urgency="broken") == shown(channel="skype") == shown(segment="mine") == []
    assert shown(urgency="today") == ["A fault", "A question"]


def test_the_search_finds_by_number_contract_phone_mail_and_words(app, browser, db, alice, dora):
    appeal_id = file_appeal(app, alice, subject="Роутер мигает", body="Бұл кеше кешке басталды.")
    public_id, _ = file_publicly(app, subject="Payment")
    number = stored(db, appeal_id).number
    browser.log_in(dora)

    def found(q):
        text = browser.get("staff.search", q=q).text
        return [name for name in ("Роутер мигает", "Payment") if name in text]

    assert browser.get("staff.search", q=number.lower()).path.endswith(
        f"/staff/appeals/{appeal_id}"
    )
    assert found("7 1203 4456") == found("роутеры") == found("кешке баст") == ["Роутер мигает"]
    assert found("n@example.kz") == found("paym") == ["Payment"]
    assert found("'; drop & ! |") == found("%") == found("") == found("nothing of this") == []
    assert browser.get("staff.search", q="\0").status in {200, 404}
    assert public_id != appeal_id


def test_texts_are_found_by_staff_only(app, db, alice):
    file_appeal(app, alice, subject="Secret matter")
    with acting(app, account_id=alice.account_id, user_id=alice.id) as session:
        rows = session.execute(select(desk_words("secret"))).all()
    assert rows == []


def desk_words(word):
    return func.appeals_with_words(f"'{word}':*", 10)


def test_an_open_page_learns_who_reads_who_types_and_what_is_new(
    app, browser, alice, dora, eric, noon
):
    appeal_id = file_appeal(app, alice)
    browser.log_in(dora)
    ask = ticket(browser, appeal_id).one("#talk").get("hx-get")
    quiet = browser.open(ask, headers=HTMX)
    assert (quiet.status, quiet.body) == (204, "")
    known = HTMX | {"If-None-Match": quiet.headers["ETag"]}
    assert browser.open(ask, headers=known).status == 304

    with acting(app, user_id=eric.id, staff=True) as session:
        presence.note_presence(
            session.get_one(Appeal, appeal_id), author=Author.SPECIALIST,
            user=session.get_one(User, eric.id), is_typing=True,
        )  # fmt: skip
    seen = browser.open(ask, headers=known)
    assert seen.status == 200
    assert "types" in seen.text
    clock.freeze(noon + timedelta(seconds=10))
    assert "reads" in browser.open(ask, headers=HTMX).text
    clock.freeze(noon + timedelta(seconds=60))
    assert browser.open(ask, headers=HTMX).status == 204
    as_staff(app, eric, appeal_id, actions.answer, body="It is being repaired.")
    assert "It is being repaired." in browser.open(ask, headers=HTMX).text


def test_a_canned_reply_fills_the_answer_in_the_customers_language(
    app, browser, db, alice, dora, eric
):
    appeal_id = file_appeal(app, alice)
    browser.log_in(eric)
    form = browser.get("staff.edit_canned")
    texts = {"kk": "Сәлем, {name}!", "ru": "Здравствуйте, {name}!", "en": "Dear {name}, by {due}."}
    wrong = form.submit(name="Hello", **texts | {"ru": "Здравствуйте, {имя}!"})
    assert wrong.status == 422
    assert "Nobody can fill {имя}" in wrong.text
    assert wrong.value("kk").strip() == "Сәлем, {name}!"
    form.submit(name="Hello", **texts)
    assert browser.get("staff.edit_canned").submit(name="Hello", **texts).status == 422
    reply = db.scalars(select(CannedReply)).one()

    browser.log_in(dora)
    page = ticket(browser, appeal_id).submit(
        form="#answer-form", body="One moment.", button=f"canned={reply.id}"
    )

    assert page.status == 200
    written = page.value("body").replace("\N{NO-BREAK SPACE}", " ").split()
    assert " ".join(written) == "One moment. Dear Alice Akhmetova, by 23 November, 17:00."
    assert stored(db, appeal_id).length == 1
    browser.log_in(eric)
    browser.get("staff.list_canned").submit(form="form[action$='/remove']")
    assert not db.scalars(select(CannedReply)).all()


def test_handing_over_linking_and_turning_away_on_the_page(app, browser, db, alice, dora, eric):
    one, other = file_appeal(app, alice, subject="One"), file_appeal(app, alice, subject="Other")
    browser.log_in(dora)

    page = ticket(browser, one).submit(form="form[action$='/link']", number="26-0000-1")
    assert "no appeal with this number" in page.text
    page = page.submit(form="form[action$='/link']", number=stored(db, other).number)
    assert "Linked appeals: 1" in page.text
    page = page.submit(form="form[action$='/answer']", kind="message", body="Both.", to_linked="y")
    assert "sent to one more" in page.text
    assert db.scalars(select(BulkAnswerItem.appeal_id)).all() == [other]
    page = page.submit(form="form[action$='/turn-away']", how="wrong")
    page = page.submit(form="form[action$='/turn-away']", how="forwarded", reason=" ")
    assert (page.status, "Write the reason" in page.text) == (422, True)
    page = page.submit(form="form[action$='/transfer']", to_id=str(eric.id), note="Yours.")
    assert "the colleague is told" in page.text
    assert stored(db, one).assignee_id == eric.id
    assert ticket(browser, one).submit(form="form[action$='/transfer']").status == 422
    browser.log_in(alice)
    seen = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=one)
    assert "Yours." not in seen.text


FORM = "main form[method=post]"
TOLD = {
    "channel": "phone", "kind": "fault", "subject": "No dial tone", "body": "Since the storm.",
    "name": "Asel", "address": "8 701 555 12 34", "language": "kk",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"contract": "712034456"}, "proof"),
        ({"proof": "facts"}, "contract"),
        ({"contract": "799999999", "proof": "facts"}, "contract"),
        ({"contract": "712034456", "proof": "document"}, "proof"),
        ({"received_at": "2026-11-22T17:01"}, "received_at"),
        ({"received_at": "2026-10-01T10:00"}, "received_at"),
        ({"received_at": ""}, "received_at"),
    ],
)
def test_what_cannot_be_registered_is_told_at_its_field(browser, db, alice, dora, typed, field):
    browser.log_in(dora)

    page = browser.get("staff.register_appeal").submit(form=FORM, **TOLD | typed)

    assert page.status == 422
    assert len(page.all(f"#{field}-error")) == 1
    assert page.value("body").strip() == "Since the storm."
    assert not db.scalars(select(Appeal)).all()


def test_a_call_is_registered_with_its_proof_and_the_receipt_is_shown_once(
    browser, db, alice, dora, noon
):
    browser.log_in(dora)
    assert "Abay ave." in browser.get("staff.register_appeal", q="7 1203 4456").text

    page = browser.get("staff.register_appeal").submit(
        form=FORM, contract="7 1203 4456", proof="call_back",
        received_at="2026-11-22T16:50", **TOLD,
    )  # fmt: skip

    appeal = db.scalars(select(Appeal)).one()
    contact = db.get_one(Contact, appeal.contact_id)
    assert appeal.account_id == alice.account_id
    assert appeal.received_at == noon - timedelta(minutes=10)
    assert (contact.proof, contact.address, contact.user_id) == ("call_back", "+77015551234", None)
    assert "shown once" in page.text
    assert appeal.number in page.text
    again = browser.get("staff.hand_over_receipt", appeal_id=appeal.id)
    assert "shown already" in again.text
    told = db.scalars(select(Notification.kind).where(Notification.user_id == alice.id)).all()
    assert told.count("appeals.registered") == 1
    assert "Asel" in browser.get("staff.register_appeal", q="+77015551234").text


def test_a_key_handed_over_opens_the_appeal_of_somebody_without_a_contract(browser, db, dora):
    browser.log_in(dora)
    page = browser.get("staff.register_appeal").submit(form=FORM, **TOLD)
    number, key = (each.text for each in page.all(".facts dd")[:2])
    browser.log_out()

    tracked = browser.get("appeals.track_appeal").submit(number=number, key=key)

    assert "Since the storm." in tracked.text


def test_many_are_chosen_and_what_is_wrong_is_told(app, browser, db, alice, dora):
    one = file_appeal(app, alice, subject="First")
    browser.log_in(dora)
    page = browser.get("staff.answer_many")

    assert "Choose at least one" in page.submit(form="#many-form", body="Hello").text
    kept = page.submit(form="#many-form", body="{nobody}", chosen=str(one))
    assert "Nobody can fill {nobody}" in kept.text
    assert kept.one(f"input[type=checkbox][value='{one}']").get("checked") is not None
    asked = page.submit(form="#many-form", kind="interim", body="Wait, {name}.", chosen=str(one))
    assert "Name the day and time" in asked.text
    assert not db.scalars(select(BulkAnswer)).all()
    done = page.submit(form="#many-form", body="Hello, {name}.", chosen=str(one))
    assert "0 of 1" in done.text


def test_the_supervisor_sees_what_breaks_and_hands_it_out(
    app, browser, db, alice, dora, eric, noon
):
    late, soon = file_appeal(app, alice, subject="Late"), file_appeal(app, alice, subject="Soon")
    as_staff(app, dora, soon, desk.assign, to=db.get_one(User, eric.id))
    clock.freeze(noon + timedelta(hours=6, minutes=30))
    browser.log_in(eric)
    page = browser.get("staff.supervise")
    assert page.text.index("Will break within the hour") < page.text.index("Late")
    assert numbers_of_chart(page) == ["0", "2", *"000000"]

    page = page.submit(
        form="#help-form",
        act="assign",
        to_id=str(dora.id),
        reason="Please.",
        button=f"chosen={late}",
    )

    assert stored(db, late).assignee_id == dora.id
    assert db.scalars(select(AppealNote.body)).all() == ["Please."]
    wrong = page.submit(form="#help-form", act="extend", reason="Long", button=f"chosen={soon}")
    assert "Only an investigation that is still in time" in wrong.text
    assert page.submit(form="#help-form", act="assign", button=f"chosen={soon}").status == 422
    clock.freeze(noon + timedelta(days=2))
    browser.log_in(eric)
    page = browser.get("staff.supervise")
    assert "Broken now 2" in page.text
    assert numbers_of_chart(page) == ["2", *"0000000"]


def numbers_of_chart(page):
    return [
        cell.text_content() for cell in page.all("section[aria-labelledby=due] tbody td.is-num")
    ]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_all_pages_of_the_desk_speak_every_language(app, browser, db, alice, eric, language):
    appeal_id = file_appeal(app, alice)
    browser.log_in(eric)
    bulk_id = ids.uuid7()
    db.add(
        BulkAnswer(
            id=bulk_id, by_id=eric.id, kind="message", texts={}, reason="", created_at=clock.now()
        )
    )
    db.commit()

    for name in ("search", "register_appeal", "answer_many", "supervise", "list_canned"):
        assert browser.get(f"staff.{name}", lang=language).status == 200
    assert browser.get("staff.edit_canned", lang=language).status == 200
    assert browser.get("staff.show_many", bulk_id=bulk_id, lang=language).status == 200
    assert browser.get("staff.hand_over_receipt", appeal_id=appeal_id, lang=language).status == 200
