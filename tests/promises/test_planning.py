"""A supervisor plans what is promised: a draft, its preview, a release, and re-basing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal.appeals.states import AppealKind, Channel
from portal.core import clock
from portal.core.audit import AuditEvent
from portal.core.db import transaction
from portal.promises.models import Promise, PromiseEvent, PromisePolicy, SlaCalendar
from portal.promises.planning import actions, lines, words
from portal.promises.planning.lines import ordered
from portal.promises.planning.models import PromisePlan, PromiseRebasing
from tests.appeals.factories import file_appeal

HOLIDAY = "31.12.2026"


@pytest.fixture
def erics(browser, eric):
    browser.log_in(eric)
    return browser


def place_of(db, rule):
    """Where a rule stands among the lines of a draft that begins with the newest version."""
    newest = db.scalars(select(PromisePolicy).order_by(PromisePolicy.version.desc())).first()
    return [row["rule"] for row in ordered(newest.terms)].index(rule) + 1


def change_repair(browser, db, amount=5):
    page = browser.get("planning.edit_line", place=place_of(db, "repair"))
    return page.submit(form="#line-form", amount=str(amount))


def release(page, since="2026-11-24", note="Roads are long."):
    return page.submit(form="#release-form", since=since, note=note)


def newest(db):
    return db.scalars(select(PromisePolicy).order_by(PromisePolicy.version.desc())).first()


def test_a_draft_shows_what_changes_and_counts_only_after_its_release(erics, db, alice, app):
    old = file_appeal(app, alice, AppealKind.FAULT)

    plan = change_repair(erics, db)

    assert "changed" in plan.text
    assert "5 days · Technicians (before: 2 days)" in plan.text
    assert "Monday, 23 November, 10:00 25 November, 10:00 28 November, 10:00 later" in plan.text
    assert "2 open promises under version 2" in plan.text
    assert newest(db).version == 2

    done = release(plan)

    assert "Version 3 is released." in done.text
    policy = newest(db)
    assert (policy.version, policy.since_on) == (3, date(2026, 11, 24))
    assert policy.note == "Roads are long."
    assert policy.calendars == {"always": 1, "office": 1, "technicians": 1}
    assert [t["working_days"] for t in policy.terms if t["rule"] == "repair"] == [5]
    assert db.scalars(select(PromisePlan)).all() == []
    repair = db.scalars(select(Promise).where(Promise.kind == "repair")).one()
    assert (repair.subject_id, repair.policy_version) == (old, 2)
    assert repair.due_at == clock.now() + timedelta(days=2)
    kinds = db.scalars(select(AuditEvent.kind).where(AuditEvent.kind.like("promises.%"))).all()
    assert kinds == ["promises.plan_changed", "promises.policy_released"]


def test_a_calendar_becomes_a_version_of_its_own(erics, db):
    page = erics.get("planning.edit_calendar", name="office")
    days = page.value("exceptions")

    plan = page.submit(day_4="09:00-13:00", exceptions=f"{days}\n{HOLIDAY}: 9.00–13.00")
    release(plan, since="2026-12-01")

    policy = newest(db)
    assert policy.calendars == {"always": 1, "office": 2, "technicians": 1}
    old, new = db.scalars(
        select(SlaCalendar).where(SlaCalendar.name == "office").order_by(SlaCalendar.version)
    ).all()
    assert new.body["week"]["4"] == [["09:00", "13:00"]]
    assert new.body["exceptions"]["2026-12-31"] == [["09:00", "13:00"]]
    assert new.body["week"]["0"] == old.body["week"]["0"]
    assert new.body["exceptions"].keys() - old.body["exceptions"].keys() == {"2026-12-31"}
    assert "30 December, 12:00" in plan.text, "the eve of a day that differs is an example"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({f"day_{day}": "" for day in range(7)}, "This calendar never opens"),
        ({"day_0": "13:00–09:00"}, "“13:00–09:00”: write hours like"),
        ({"day_0": "09:00–14:00, 13:00–18:00"}, "none overlap"),
        ({"day_0": "nine to five"}, "“nine to five”: write hours like"),
        ({"day_0": "09:00–24:30"}, "write hours like"),
        ({"exceptions": "31.02.2026"}, "begin each line with a day"),
        ({"exceptions": "31.08.2026\n2026-08-31"}, "this day stands there twice"),
        ({"tz": "Asia/Atlantis"}, "There is no time zone “Asia/Atlantis”"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_and_stays_typed(erics, db, fields, words):
    page = erics.get("planning.edit_calendar", name="office").submit(**fields)

    assert page.status == 422
    assert words in page.text
    name, typed = next(iter(fields.items()))
    assert page.value(name).strip().splitlines() == typed.splitlines()
    assert db.scalars(select(PromisePlan)).all() == []


def test_the_official_years_come_at_one_press(erics, db):
    page = erics.get("planning.edit_calendar", name="new")

    plan = page.submit(
        name="weekend", tz="Asia/Almaty", day_5="10:00–16:00", exceptions="", is_official="y"
    )

    assert "weekend" in plan.text
    kept = db.scalars(select(PromisePlan)).one().calendars["weekend"]
    assert kept["week"] == {"5": [["10:00", "16:00"]]}
    assert kept["exceptions"]["2026-08-31"] == []


@pytest.mark.parametrize(
    ("rule", "fields", "words"),
    [
        ("repair", {"amount": "91"}, "90 days are the most."),
        ("repair", {"amount": "0"}, "Only a first answer can be there at once."),
        ("repair", {"amount": "-1"}, "Write a whole number, 0 or more."),
        ("repair", {"amount": "many"}, "Write a whole number, 0 or more."),
        ("final_simple", {"amount": "43201"}, "43200 minutes are the most"),
        ("claim", {"rule": "forward"}, "Another line of this rule is for the same appeals."),
        ("final_limit", {"channels": ["chat"]}, "This limit holds for every appeal."),
        ("repair", {"calendar": "moon"}, "Not a valid choice"),
    ],
)
def test_a_line_that_cannot_be_is_refused(erics, db, rule, fields, words):
    page = erics.get("planning.edit_line", place=place_of(db, rule))

    refused = page.submit(form="#line-form", **fields)

    assert refused.status == 422
    assert words in refused.text
    assert db.scalars(select(PromisePlan)).all() == []


def test_a_line_is_removed_but_a_limit_is_not(erics, db):
    page = erics.get("planning.edit_line", place=place_of(db, "waiting_limit"))
    refused = page.submit(form="#remove-form", button="act=remove")
    assert (refused.status, "do not remove it" in refused.text) == (422, True)

    page = erics.get("planning.edit_line", place=place_of(db, "claim"))
    plan = page.submit(form="#remove-form", button="act=remove")

    assert "removed" in plan.text
    rules = [row["rule"] for row in db.scalars(select(PromisePlan)).one().terms]
    assert "claim" not in rules
    assert "waiting_limit" in rules


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("2026-11-22", "Choose a day to come"),
        ("2026-02-31", "Not a valid date"),
        ("", "Choose a day to come."),
    ],
)
def test_a_version_begins_on_a_day_to_come(erics, db, since, words):
    refused = release(change_repair(erics, db), since=since)

    assert refused.status == 422
    assert words in refused.text
    assert refused.value("note").strip() == "Roads are long."
    assert newest(db).version == 2


def test_of_two_who_change_a_draft_the_second_is_told(erics, db):
    stale = erics.get("planning.edit_line", place=place_of(db, "claim"))
    plan = change_repair(erics, db)

    refused = stale.submit(form="#line-form", amount="12")

    assert refused.status == 422
    assert "This draft changed meanwhile" in refused.text
    erics.get("planning.edit_line", place=place_of(db, "claim")).submit(
        form="#line-form", amount="11"
    )
    assert "This draft changed meanwhile" in release(plan).text
    assert newest(db).version == 2


def test_a_draft_is_thrown_away(erics, db):
    done = change_repair(erics, db).submit(form="#drop-form")

    assert "The draft is thrown away." in done.text
    assert db.scalars(select(PromisePlan)).all() == []
    assert "Nothing is changed yet." in erics.get("planning.release_plan").text


@pytest.fixture
def rebased(erics, db, app, alice, eric):
    """A fault and a question under version 2, put under version 3 on its first morning."""
    fault = file_appeal(app, alice, AppealKind.FAULT)
    question = file_appeal(app, alice, AppealKind.QUESTION)
    release(change_repair(erics, db), since="2026-11-23")
    assert "Put open promises" not in erics.get("planning.show_version", version=3).text
    clock.freeze(clock.now() + timedelta(hours=12))  # 23 November, 05:00 in Almaty
    erics.log_in(eric)
    page = erics.get("planning.show_version", version=3)
    asked = page.submit(reason="The law gives us longer.")
    assert "are being put under version 3" in asked.text
    assert "This is under way" in erics.get("planning.show_version", version=3).text
    assert page.submit(reason="Again.").status == 422
    work(app, db)
    return fault, question


def work(app, db):
    """Do what the worker would, a subject at a time, as if it were killed after each."""
    own, is_more = db.scalars(select(PromiseRebasing)).one(), True
    while is_more:
        with app.app_context(), transaction(staff=True):
            is_more = actions.rebase_some(own.id, most=1)
    db.expire_all()


def test_open_promises_go_under_the_version_in_force(db, rebased):
    repair = db.scalars(select(Promise).where(Promise.kind == "repair")).one()
    interims = db.scalars(select(Promise).where(Promise.kind == "interim")).all()

    assert (repair.subject_id, repair.policy_version, repair.moved) == (rebased[0], 3, 1)
    assert repair.due_at == repair.started_at + timedelta(days=5)
    assert {p.policy_version for p in interims} == {2}, "they were late already, and stay so"


def test_a_rebasing_is_recorded_and_verified(app, db, rebased):
    own = db.scalars(select(PromiseRebasing)).one()
    told = db.scalars(select(PromiseEvent).where(PromiseEvent.happening == "rebased")).all()
    verified = app.test_cli_runner().invoke(args=["sla", "verify"])

    assert (own.changed, own.left) == (2, 2)
    assert own.finished_at is not None
    assert {event.subject_id for event in told} == set(rebased)
    assert {event.data["reason"] for event in told} == {"The law gives us longer."}
    assert verified.output == "2 subjects, 0 differences\n"


def test_the_customer_reads_why_his_time_moved(browser, alice, rebased):
    browser.log_in(alice)

    page = browser.get("appeals.show_appeal", account_id=alice.account_id, appeal_id=rebased[0])

    assert "told a later time once" in page.text
    assert "to 27 November, 17:00. The law gives us longer." in page.text
    assert "Rule “Repair”, version 3 of 23 November." in page.text


def test_a_version_cannot_be_changed_by_anybody(db):
    for change in (
        "update promise_policy set since_on = date '2020-01-01'",
        "delete from promise_policy",
        "update sla_calendar set body = '{}'",
        "truncate sla_calendar cascade",
    ):
        with pytest.raises(ProgrammingError, match="only ever added"), db.begin_nested():
            db.execute(text(change))


def test_the_words_of_channels_and_kinds_are_those_of_appeals():
    assert set(lines.CHANNELS) == set(words.CHANNEL_NAMES) == {each.value for each in Channel}
    assert set(lines.KINDS) == set(words.KIND_NAMES) == {each.value for each in AppealKind}
