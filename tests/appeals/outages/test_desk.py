"""What specialists see of outages, and what they press."""

from datetime import timedelta

from sqlalchemy import select

from portal.appeals.outages.models import Outage, OutageBroadcast, OutageLink, OutagePromise
from portal.appeals.outages.places import Area
from portal.appeals.states import AppealKind
from portal.promises.models import Promise
from tests.appeals.factories import file_appeal
from tests.appeals.outages.factories import BOSTANDYK, CAUSE, REASON, add_outage, count
from tests.appeals.rows import add_appeal

NEW = {
    "kind": "now",
    "cause_kk": CAUSE["kk"],
    "cause_ru": CAUSE["ru"],
    "cause_en": CAUSE["en"],
    "cities": ["almaty"],
    "districts": "bostandyk",
    "technologies": ["gpon"],
    "started_at": "2026-11-22T16:00",
    "promised_at": "2026-11-22T20:00",
}


WRONG = [
    ({"cities": []}, "Choose at least one city"),
    ({"districts": "nowhere"}, "Nobody has an address in: nowhere. Known are: bostandyk."),
    ({"cause_kk": ""}, "Write it in Kazakh, Russian and English"),
    ({"started_at": "2026-11-22T17:30"}, "Only planned works begin later than now"),
    ({"started_at": "2026-11-01T10:00"}, "more than 7 days ago"),
    ({"promised_at": "2026-11-22T16:30"}, "This time has passed"),
    ({"kind": "planned", "started_at": "2026-11-23T10:00"}, "cannot end before it begins"),
    ({"promised_at": "soon"}, "Not a valid datetime"),
]


def test_the_desk_looks_first_and_then_opens(browser, db, alice, dora):
    appeal = add_appeal(db, account_id=alice.account_id)
    appeal.kind = "fault"
    browser.log_in(dora)
    form = browser.get("outages.open_outage")

    looked = form.submit(button="act=preview", **NEW)
    assert "2 addresses, 2 contracts, 1 open fault" in looked.text
    assert count(db, Outage) == 0

    opened = looked.submit(button="act=open")
    assert opened.h1 == "A cable is cut"
    assert count(db, OutagePromise) == 1
    assert "1 open" not in opened.text
    linked = opened.submit(form="form[aria-label='Link faults']", appeals=[str(appeal.id)],
                           button="act=link")  # fmt: skip
    assert "The appeals are linked" in linked.text
    assert count(db, OutageLink) == 1


def test_what_cannot_be_opened_says_why_and_keeps_what_was_typed(browser, db, dora):
    browser.log_in(dora)
    form = browser.get("outages.open_outage")

    for more, words in WRONG:
        page = form.submit(button="act=open", **NEW | more)
        assert page.status == 422, more
        assert words in page.text
        assert page.value("cause_ru") == CAUSE["ru"]

    assert count(db, Outage) == 0


def test_an_empty_form_says_at_once_all_that_it_lacks(browser, db, dora):
    browser.log_in(dora)

    page = browser.get("outages.open_outage").submit(button="act=open", promised_at="")

    assert page.status == 422
    faulty = [one.get("href") for one in page.all(".errors a")]
    assert faulty == ["#cause_kk", "#cause_ru", "#cause_en", "#cities-0", "#promised_at"]
    assert count(db, Outage) == 0


def test_a_later_time_needs_its_reason_in_three_languages(browser, db, dora, outage):
    browser.log_in(dora)
    page = browser.get("outages.show_outage", outage_id=outage.id)
    later = {"promised_at": "2026-11-22T22:00", "button": "act=move"}
    at = "form[aria-label='Promise another time']"

    refused = page.submit(form=at, **later, reason_kk=REASON["kk"])
    assert refused.status == 422
    assert "Write it in Kazakh, Russian and English" in refused.text
    assert (count(db, OutageBroadcast), count(db, OutagePromise)) == (0, 0)

    done = page.submit(form=at, **later, **{f"reason_{c}": t for c, t in REASON.items()})
    assert "being told" in done.text
    db.expire_all()
    assert db.get(Outage, outage.id).moved == 1
    assert REASON["en"] in done.text


def test_the_desk_tells_and_restores_once(browser, db, dora, outage):
    browser.log_in(dora)
    page = browser.get("outages.show_outage", outage_id=outage.id)
    restore = {"form": "form[aria-label='It works again']", "button": "act=restore"}

    told = page.submit(form="form[aria-label='Tell all who follow']", button="act=update")
    assert "All who follow are being told." in told.text
    early = page.submit(**restore, restored_at="2026-11-22T10:00")
    assert "It began later than that." in early.text
    done = page.submit(**restore)
    again = page.submit(**restore, restored_at="2026-11-22T16:59")

    assert "Works again" in done.text
    assert "over already" in again.text
    words = db.scalars(select(OutageBroadcast.word).order_by(OutageBroadcast.id)).all()
    assert words == ["update", "restored"]


def test_a_specialist_links_a_fault_from_its_own_page(browser, db, app, alice, dora, outage):
    appeal_id = file_appeal(app, alice, kind=AppealKind.FAULT)
    browser.log_in(dora)
    ticket = browser.get("staff.show_ticket", appeal_id=appeal_id)

    linked = ticket.submit(form="form[aria-label='Link with an outage']")

    assert "the customer is told the time" in linked.text
    assert "Your fault belongs to a known outage: A cable is cut" in linked.text
    due = db.scalars(select(Promise.due_at).where(Promise.kind == "repair")).one()
    assert due == outage.promised_at
    browser.log_in(alice)
    mine = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal_id)
    assert "This appeal belongs to it" in mine.text


def test_planned_works_are_called_off(browser, db, noon, dora, alice):
    ahead = add_outage(db, dora.id, is_planned=True, started_at=noon + timedelta(hours=1))
    browser.log_in(dora)

    page = browser.get("outages.show_outage", outage_id=ahead.id)
    page = page.submit(form="form[aria-label='Call off']", button="act=call-off")

    assert "Called off" in page.text
    browser.log_in(alice)
    assert "A cable" not in browser.get("appeals.list_appeals", account_id=alice.account_id).text


def test_the_desk_pages_cost_a_fixed_number_of_statements(browser, db, dora, alice, outage,
                                                          count_statements):  # fmt: skip
    browser.log_in(dora)
    pages = ("outages.list_outages", "outages.show_status")
    with_one = [count_statements(page) for page in pages]

    for number in range(40):
        add_outage(db, dora.id, areas=(BOSTANDYK, Area("talgar", f"d{number}")))
    db.commit()

    assert [count_statements(page) for page in pages] == with_one
    assert count_statements("outages.show_outage", outage_id=outage.id) <= 12
