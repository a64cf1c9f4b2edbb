"""An agency enters what it saw, sees nothing of customers, and cannot change what it submitted."""

import json
import re

import pytest
from flask import Blueprint
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.roles import BY_STAFF_ROLE
from portal.appeals.models import Appeal, Contact
from portal.core.access import Permission, allow, permission_of
from portal.core.db import session
from portal.core.text import today
from portal.feedback.shopping import actions
from portal.feedback.shopping.models import Checklist, ShoppingVisit
from tests.appeals.factories import acting, file_appeal
from tests.appeals.rows import add_appeal, add_rating, add_request
from tests.browser import Browser
from tests.cast import Person, make_cast, make_user


@pytest.fixture
def agent(db):
    person = Person(make_user(db, "Agnes Agency", staff_role="agency"))
    db.commit()
    return person


@pytest.fixture
def lists(app, db):
    with acting(app):
        actions.load_checklists()


def enter(browser, agent, code="office", **more):
    browser.log_in(agent)
    page = browser.post("shopping.list_entries", {"checklist": code})
    page = browser.open(page.headers["Location"])
    replies = {field.name: "yes" for field in page.all("[name^='q-'][value=yes]")}
    return page, {"place": "Almaty", "visited_on": today().isoformat()} | replies | more


def test_an_entry_is_written_in_steps_scored_and_then_final(browser, db, agent, lists):
    page, seen = enter(browser, agent, **{"q-queue": "no"})

    page = page.submit(place="Almaty", button="act=save")
    assert "you can change it" in page.text
    page = page.submit(**seen, button="act=submit")

    assert "88 of 100" in page.text
    entry = db.scalars(select(ShoppingVisit)).one()
    assert (entry.score, entry.user_id) == (88, agent.id)
    again = browser.post("shopping.enter_visit", seen | {"act": "submit"}, entry_id=entry.id)
    assert again.status == 422
    assert "is final" in again.text
    with pytest.raises(DBAPIError, match="final"), db.begin_nested():
        db.execute(text("update shopping_visit set score = 100"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"place": ""}, "Write which place"),
        ({"visited_on": ""}, "Choose the day"),
        ({"visited_on": "2099-01-01"}, "still to come"),
        ({"visited_on": "never"}, "date"),
        ({"q-queue": []}, "Answer every question"),
        ({"q-queue": "perhaps"}, "Not a valid choice"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_submitted(
    browser, db, agent, lists, wrong, told
):
    page, seen = enter(browser, agent)

    page = page.submit(**(seen | wrong), button="act=submit")

    assert page.status == 422
    assert told in page.text
    assert db.scalars(select(ShoppingVisit.submitted_at)).all() == [None]


def test_anothers_entry_and_an_unknown_list_are_not_found(browser, db, agent, lists):
    page, _seen = enter(browser, agent)
    other = Person(make_user(db, "Olga Other", staff_role="agency"))
    db.commit()
    browser.log_in(other)

    assert browser.open(page.path).status == 404
    assert browser.post("shopping.list_entries", {"checklist": "moon"}).status == 404


def test_sign_in_leads_an_agency_to_its_only_page(browser, agent, lists):
    browser.log_in(agent)

    page = browser.open("/")

    assert page.h1 == "Mystery shopping"
    assert [link.text_content().strip() for link in page.all(".desk-nav a")] == ["Mystery shopping"]


def test_every_other_permission_is_refused_to_an_agency(app, browser, alice, agent):
    own = {Permission.PUBLIC, Permission.SELF, Permission.SHOPPING_ENTER}
    assert BY_STAFF_ROLE["agency"] | {Permission.PUBLIC, Permission.SELF} == own
    samples = {"uuid": str(alice.account_id), "int": "1", "string": "x", "path": "x", "any": "kk"}
    one_of_each = {permission_of(app, rule.endpoint): rule for rule in app.url_map.iter_rules()}
    assert set(one_of_each) == set(Permission)
    browser.log_in(agent)
    opened = {}
    for permission, rule in one_of_each.items():
        path = rule.rule
        for place in re.findall(r"<[^>]+>", path):
            path = path.replace(place, samples[re.split(r"[:(]", place[1:])[0]])
        method = "GET" if "GET" in rule.methods else "POST"
        status = browser.send(method, path, token=method == "POST").status
        if permission not in own and status not in {403, 404}:
            opened[rule.endpoint] = status

    assert opened == {}


@pytest.fixture
def probe():
    """A page that says how much of customers its reader could see."""
    blueprint = Blueprint("probe", __name__)

    @blueprint.get("/probe")
    @allow(Permission.SELF)
    def count():
        tables = (Appeal, Contact)
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    return blueprint


def test_row_level_security_shows_an_agency_nothing_of_customers(live, probe):
    own = live.session()
    people = make_cast(own)
    people["agent"] = Person(make_user(own, "Agnes Agency", staff_role="agency"))
    own.commit()
    app = live.app(blueprints=[probe])
    file_appeal(app, people["alice"])
    seen = {}
    for name in ("agent", "dora"):
        browser = Browser(app, own)
        browser.log_in(people[name])
        seen[name] = json.loads(browser.open("/probe").body)

    assert seen == {"agent": [0, 0], "dora": [1, 1]}


def test_a_changed_checklist_is_a_new_version_and_old_entries_keep_theirs(
    app, browser, db, agent, lists, tmp_path
):
    page, seen = enter(browser, agent)
    page.submit(**seen, button="act=submit")
    changed = tmp_path / "lists.yaml"
    changed.write_text(
        actions.CHECKLISTS.read_text(encoding="utf-8").replace("weight: 2", "weight: 9", 1),
        encoding="utf-8",
    )

    with acting(app):
        assert actions.load_checklists(changed) == ["office"]
        assert actions.load_checklists(changed) == []

    numbers = select(Checklist.number).where(Checklist.code == "office").order_by(Checklist.number)
    assert db.scalars(numbers).all() == [1, 2]
    entry = db.scalars(select(ShoppingVisit)).one()
    assert db.get(Checklist, entry.checklist_id).number == 1


def test_the_supervisor_sees_scores_ratings_and_the_gap(browser, db, agent, alice, eric, lists):
    for code in ("office", "office", "technician"):
        page, seen = enter(browser, agent, code)
        page.submit(**seen, button="act=submit")
    for score in (5, 5, 2):
        appeal = add_appeal(db, account_id=alice.account_id, state="answered")
        request = add_request(db, appeal, eric.id)
        request.channel = "office"
        db.flush()
        add_rating(db, request, score)
    db.commit()
    browser.log_in(eric)

    page = browser.get("feedback.list_reviews").follow("in figures")

    rows = [[cell.text_content().strip() for cell in row.cssselect("td")] for row in page.all("tr")]
    assert ["answer, office", "3", "3", "100\u00a0%", "–", "21\u00a0% to 94\u00a0%"] in rows
    assert ["Visit to an office", "2", "100", "21\u00a0% to 94\u00a0%", "−79 to −6"] in rows
    assert ["Visit of a technician", "1", "100", "–", "–"] in rows
    for month in ("2020-13", "x", "9999-01", "2026-10"):
        assert browser.get("shopping.show_figures", month=month).status == 200
