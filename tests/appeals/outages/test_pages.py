"""What customers, visitors and specialists see of outages, and what they press."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Premises
from portal.appeals.models import Appeal
from portal.appeals.outages.models import Outage, OutageBroadcast, OutageLink, OutagePromise
from portal.appeals.outages.places import Area
from portal.appeals.states import AppealKind
from portal.core.audit import AuditEvent
from portal.promises.models import Promise
from tests.appeals.factories import file_appeal
from tests.appeals.outages.factories import BOSTANDYK, CAUSE, REASON, add_outage
from tests.appeals.rows import add_appeal

FAULT = {"kind": "fault", "subject": "No internet", "body": "The red lamp is on."}
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


@pytest.fixture
def outage(db, dora):
    it = add_outage(db, dora.id)
    db.commit()
    return it


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def _button(page):
    """Return the button that follows with an appeal that is there already."""
    return f"appeal_id={page.one('button[name=appeal_id]').get('value')}"


def follow(browser, person, outage, **data):
    url = browser.url("outages.follow", account_id=person.account_id, outage_id=outage.id)
    return browser.send("POST", url, data=data, token=True, follow=True)


def test_it_is_told_at_home_and_among_appeals(browser, db, alice, outage, count_statements):
    browser.log_in(alice)
    home = browser.get("home.show_home", account_id=alice.account_id)
    appeals = browser.get("appeals.list_appeals", account_id=alice.account_id)

    for page in (home, appeals):
        assert "A cable is cut" in page.one("#outage").text_content()
        assert "22\N{NO-BREAK SPACE}November, 20:00" in page.one("#outage").text_content()
    assert count_statements("home.show_home", account_id=alice.account_id) <= 12


def test_it_is_not_told_where_it_is_not(browser, db, noon, alice, dora):
    elsewhere = [{"areas": (Area("almaty", "medeu"),)}, {"areas": (Area("talgar"),)}]
    ahead = {"started_at": noon + timedelta(days=8), "promised_at": noon + timedelta(days=9)}
    for more in (*elsewhere, {"technologies": ["fttb"]}, ahead):
        add_outage(db, dora.id, **more)
    browser.log_in(alice)

    page = browser.get("appeals.list_appeals", account_id=alice.account_id)

    assert "A cable is cut" not in page.text


def test_an_address_without_a_district_lies_in_its_city_only(browser, db, alice, dora):
    db.query(Premises).update({"district": None})
    add_outage(db, dora.id, cause=CAUSE | {"en": "In one district"})
    add_outage(db, dora.id, areas=(Area("almaty"),), cause=CAUSE | {"en": "Everywhere"})
    browser.log_in(alice)

    page = browser.get("appeals.list_appeals", account_id=alice.account_id)

    assert "Everywhere" in page.text
    assert "In one district" not in page.text


def test_of_two_outages_the_one_that_is_promised_last_is_offered(browser, db, alice, dora):
    for hours in (2, 6, 4):
        add_outage(db, dora.id, hours=hours, cause=CAUSE | {"en": f"In {hours} hours"})
    browser.log_in(alice)

    page = browser.get("appeals.list_appeals", account_id=alice.account_id)

    assert "In 6 hours" in page.one("#outage").text_content()


def test_one_press_follows_it_and_a_second_one_leads_to_the_same(browser, db, alice, outage):
    browser.log_in(alice)

    first = follow(browser, alice, outage)
    second = follow(browser, alice, outage, body="Again")

    assert first.path == second.path
    assert count(db, Appeal) == 1
    assert "It does not work: A cable is cut" in first.h1
    assert "It belongs to a known outage" in first.text
    due = db.scalars(select(Promise.due_at).where(Promise.kind == "repair")).one()
    assert due == outage.promised_at
    assert db.scalars(select(AuditEvent.kind)).all().count("outages.outage_followed") == 1
    home = browser.get("home.show_home", account_id=alice.account_id)
    assert "You follow it" in home.text


def test_a_fault_is_asked_about_first_and_what_was_typed_stays(browser, db, alice, outage):
    browser.log_in(alice)
    form = browser.get("appeals.file_appeal", account_id=alice.account_id)

    asked = form.submit(button="act=send", **FAULT)
    assert asked.status == 422
    assert asked.value("body").strip() == FAULT["body"]
    assert count(db, Appeal) == 0

    followed = follow(browser, alice, outage, **FAULT)
    assert followed.h1 == FAULT["subject"]
    assert FAULT["body"] in followed.text
    assert count(db, OutageLink) == 1


def test_it_may_be_something_else(browser, db, alice, outage):
    browser.log_in(alice)
    form = browser.get("appeals.file_appeal", account_id=alice.account_id)

    page = form.submit(button="act=send", **FAULT).submit(button="act=other")

    assert page.h1 == FAULT["subject"]
    assert count(db, OutageLink) == 0
    home = browser.get("home.show_home", account_id=alice.account_id)
    joined = home.submit(form="form:has([name=appeal_id])", button=_button(home))
    assert count(db, OutageLink) == 1
    assert "This appeal belongs to it" in joined.text


def test_somebody_without_a_contract_chooses_his_city(browser, db, outage):
    form = browser.get("appeals.file_publicly", lang="en")
    who = {"name": "Nursultan", "email": "n@example.kz", "language": "en", "city": "almaty"}

    asked = form.submit(button="act=send", **FAULT, **who)
    assert asked.status == 422
    assert "Обрыв кабеля" in asked.one("#outage").text_content()
    followed = asked.submit(button=f"act=follow {outage.id}")

    assert followed.h1 == FAULT["subject"]
    assert count(db, OutageLink) == count(db, Appeal) == 1
    assert db.scalars(select(Promise.due_at).where(Promise.kind == "repair")).one() == (
        outage.promised_at
    )


def test_what_cannot_be_followed(browser, db, noon, alice, bob, dora):
    over = add_outage(db, dora.id, ended_at=noon, end="restored")
    ahead = add_outage(db, dora.id, started_at=noon + timedelta(hours=1))
    running = add_outage(db, dora.id)
    his = add_appeal(db, account_id=bob.account_id)
    browser.log_in(alice)

    refused = follow(browser, alice, over, **FAULT)
    assert "This outage is over" in refused.text
    assert refused.value("body").strip() == FAULT["body"]
    assert "have not begun" in follow(browser, alice, ahead).text
    for long in ({"body": "x" * 20_001}, {"subject": "x" * 121}):
        assert "too long" in follow(browser, alice, running, **FAULT | long).text
    assert follow(browser, bob, running).status == 404
    assert follow(browser, alice, running, appeal_id=str(his.id)).status == 404
    assert (count(db, OutageLink), count(db, Appeal)) == (0, 1)


def test_an_outage_that_is_late_promises_nothing_to_who_follows(browser, db, noon, alice, dora):
    late = add_outage(db, dora.id, promised_at=noon - timedelta(minutes=1))
    browser.log_in(alice)

    page = follow(browser, alice, late)

    assert "We owe you a new time" in page.text
    due = db.scalars(select(Promise.due_at).where(Promise.kind == "repair")).one()
    assert due > noon


def test_the_status_page_is_for_everybody_and_for_caches(browser, db, noon, dora):
    moved = add_outage(db, dora.id, moved=1)
    for number, reason in enumerate(({}, REASON)):
        due = noon + timedelta(hours=2 + number)
        db.add(
            OutagePromise(
                outage_id=moved.id, promised_at=due, reason=reason, at=noon, author_id=dora.id
            )
        )
    past = {"started_at": noon - timedelta(hours=9), "end": "restored"}
    for days, name in ((1, "Recent"), (15, "Long ago")):
        ended = noon - timedelta(days=days)
        times = {"started_at": ended - timedelta(hours=1), "promised_at": ended}
        add_outage(db, dora.id, **past | times, ended_at=ended, cause=CAUSE | {"en": name})
    db.commit()

    page = browser.get("outages.show_status", lang="en", city="almaty")

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in page.headers
    assert "The time was moved 1 time." in page.text
    assert REASON["en"] in page.text
    assert "Recent" in page.text
    assert "Long ago" not in page.text
    assert "A cable is cut" not in browser.get("outages.show_status", city="talgar").text
    assert "Кабель үзілді" in browser.get("outages.show_status", lang="kk").text


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
