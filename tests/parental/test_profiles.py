"""The children of a home: profiles are made, renamed and removed, and each has its own rules."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Role
from portal.core.audit import AuditEvent
from portal.notify.models import Notification
from portal.parental.models import CHILD, MOST_CHILDREN, Profile
from portal.parental.settings import ProfileSettings
from tests.cast import make_membership, make_user
from tests.parental.devices.factories import make_device
from tests.parental.factories import make_profile, make_rule


@pytest.fixture
def child(db, alice, home):
    return make_profile(db, alice.account, kind=CHILD, name="Арман")


@pytest.fixture
def page_of(browser, alice, home):
    browser.log_in(alice)

    def get(endpoint, profile=None, **values):
        ids = {"profile_id": profile.id} if profile else {}
        return browser.get(f"parental.{endpoint}", account_id=alice.account_id, **ids, **values)

    return get


def children(db):
    return db.scalars(select(Profile).where(Profile.kind == CHILD).order_by(Profile.id)).all()


def test_a_child_is_made_and_its_age_is_shown_before_it_counts(page_of, db, newest_policy):
    page = page_of("add_child").submit(name="  Әмина  ", age="7-11")

    (child,) = children(db)
    assert child.name == "Әмина"
    assert page.h1 == "Settings for an age"
    assert "Will be closed" in page.text
    assert "Bedtime" in page.text
    assert newest_policy(child).categories == 0

    after = page.submit(form="main form")
    assert after.h1 == "Әмина"
    assert newest_policy(child).categories
    assert newest_policy(child).safe_search


def test_a_child_can_begin_with_nothing(page_of, db):
    page = page_of("add_child").submit(name="Әмина", age="")

    assert page.h1 == "Әмина"
    assert children(db)[0].settings == ProfileSettings()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Write the child’s name."),
        (" ", "Write the child’s name."),
        ("АРМАН", "profile of this name already"),
        ("x" * 41, "at most 40 letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_stays(page_of, db, child, name, words):
    page = page_of("add_child").submit(name=name)

    assert page.status == 422
    assert words in page.text
    assert page.value("name") == name.strip()
    assert children(db) == [child]


def test_there_is_room_for_some_children(page_of, db, alice):
    for number in range(MOST_CHILDREN):
        make_profile(db, alice.account, kind=CHILD, name=f"Child {number}")

    page = page_of("add_child").submit(name="One more")

    assert f"room for {MOST_CHILDREN} children" in page.text
    assert len(children(db)) == MOST_CHILDREN


def test_without_the_option_no_child_is_made(browser, db, alice):
    make_profile(db, alice.account, is_enforced=False)
    browser.log_in(alice)

    page = browser.get("parental.add_child", account_id=alice.account_id).submit(name="Арман")

    assert "Connect Parental control first." in page.text
    assert children(db) == []


def test_tabs_lead_from_one_profile_to_the_other(page_of, db, home, child):
    make_rule(db, home, "home-rule.kz")
    make_rule(db, child, "child-rule.kz")

    first = page_of("show_profile")
    second = first.follow("Арман")

    assert "home-rule.kz" in first.text
    assert (second.h1, "child-rule.kz" in second.text) == ("Арман", True)
    assert "home-rule.kz" not in second.text
    assert "home-rule.kz" in second.follow("The whole home").text


def test_acts_of_a_child_leave_the_home_alone(page_of, db, home, child, newest_policy):
    page = page_of("show_profile", child)

    back = page.submit(form="form[action$='/pause']", button="hours=1")

    assert back.h1 == "Арман"
    assert "The internet is paused" in back.text
    assert newest_policy(child).pause_until
    assert newest_policy(home) is None


def test_a_name_is_changed(page_of, db, child):
    page = page_of("rename_child", child).submit(form="main form.stack", name="Арман, 9 лет")

    assert page.h1 == "Арман, 9 лет"
    assert page_of("rename_child", child).submit(form="main form.stack", name="").status == 422


def test_a_profile_is_removed_after_its_price_is_told(page_of, db, child, newest_policy):
    page = page_of("rename_child", child).follow("What is lost")
    assert "can’t be brought back" in page.text

    after = page.submit()

    assert "is removed" in after.text
    assert newest_policy(child) is None
    assert db.scalars(select(AuditEvent.kind)).all() == ["parental.child_removed"]
    assert page_of("show_profile", child).status == 404


def test_the_devices_of_a_removed_child_are_refused(page_of, db, child, noon):
    device = make_device(db, child)

    page_of("remove_child", child).submit()

    db.refresh(device)
    assert device.revoked_at == noon
    kinds = ["parental.device_revoked", "parental.child_removed"]
    assert db.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)).all() == kinds


def test_a_name_is_no_obstacle_to_itself(page_of, db, alice, home, child):
    make_profile(db, alice.account, kind=CHILD, name="Aru")
    child.name = "arman"

    assert (
        page_of("rename_child", child).submit(form="main form.stack", name=" Arman ").status == 200
    )
    assert child.name == "Arman"

    taken = page_of("rename_child", child).submit(form="main form.stack", name="ARU")
    assert "There is a profile of this name already." in taken.text


def test_the_page_says_that_the_option_rests(page_of, home):
    home.is_enforced = False

    assert "Parental control is paused as a service." in page_of("show_profile").text


def test_the_home_is_neither_renamed_nor_removed(page_of, home):
    assert page_of("rename_child", home).status == 404
    assert page_of("remove_child", home).status == 404


def test_a_child_of_another_home_is_not_found(page_of, db, bob, home):
    make_profile(db, bob.account)
    foreign = make_profile(db, bob.account, kind=CHILD, name="Secret")

    for endpoint in ("show_profile", "rename_child", "remove_child", "change_categories"):
        assert page_of(endpoint, foreign).status == 404
    assert page_of("take_age", foreign, age="7-11").status == 404
    assert page_of("add_window", foreign).status == 404


def test_the_home_page_names_the_children(browser, db, alice, home, child, noon):
    child.paused_until = noon + timedelta(hours=1)
    make_profile(db, alice.account, kind=CHILD, name="Gone", removed_at=noon)
    browser.log_in(alice)

    page = browser.get("home.show_home", account_id=alice.account_id)

    assert "Paused until 18:00" in page.text
    assert "Gone" not in page.text
    assert page.follow("Арман").h1 == "Арман"


def test_the_other_parents_are_told_of_whom(page_of, db, alice, child):
    father = make_user(db, "Dias")
    db.flush()
    make_membership(db, father, alice.account, Role.PARENT)
    db.commit()

    page_of("pause_profile", child).submit(hours="1")

    (told,) = db.scalars(select(Notification)).all()
    assert (told.user_id, told.kind) == (father.id, "parental.child_paused")
    assert told.values["child"] == "Арман"
    assert told.link.endswith(f"/profiles/{child.id}")
