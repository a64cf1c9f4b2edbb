"""What customers and visitors see of outages, and what they press."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.models import Premises
from portal.appeals.models import Appeal
from portal.appeals.outages.models import OutageLink, OutagePromise
from portal.appeals.outages.places import Area
from portal.core.audit import AuditEvent
from portal.promises.models import Promise
from tests.appeals.outages.factories import CAUSE, REASON, add_outage, count
from tests.appeals.rows import add_appeal

FAULT = {"kind": "fault", "subject": "No internet", "body": "The red lamp is on."}


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
    assert "The time was moved once." in page.text
    assert REASON["en"] in page.text
    assert "Recent" in page.text
    assert "Long ago" not in page.text
    assert "A cable is cut" not in browser.get("outages.show_status", city="talgar").text
    assert "Кабель үзілді" in browser.get("outages.show_status", lang="kk").text
