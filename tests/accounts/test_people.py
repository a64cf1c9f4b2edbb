from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from portal.accounts.models import Membership, Role
from portal.core.audit import AuditEvent
from portal.core.errors import RuleError
from portal.notify.models import Notification
from tests.cast import make_membership, make_user


def membership(db, person):
    return db.scalars(select(Membership).where(Membership.user_id == person.id)).one()


def limit_page(browser, alice, member):
    return browser.get(
        "accounts.limit_spending", account_id=alice.account_id, membership_id=member.id
    )


@pytest.fixture
def manager(db, carol):
    """Carol, who manages services on alice's contract."""
    found = membership(db, carol)
    found.role = Role.MANAGER
    db.commit()
    return found


def test_the_holder_limits_a_member_and_lifts_the_limit_again(browser, db, alice, manager):
    browser.log_in(alice)
    page = browser.get("accounts.list_people", account_id=alice.account_id)
    assert "Carol Kim manages services No limit" in page.text

    page = page.follow("Change the limit").submit(limit="5 000 ₸")

    assert "The limit of Carol Kim is saved." in page.text
    assert "Up to 5 000 ₸ a month" in page.text
    assert manager.spending_limit == Decimal(5000)
    assert limit_page(browser, alice, manager).value("limit") == "5000"
    limit_page(browser, alice, manager).submit(limit="")
    db.expire_all()
    assert manager.spending_limit is None
    told = db.scalars(select(Notification)).all()
    assert sorted((each.kind, each.user_id) for each in told) == [
        ("services.limit_lifted", manager.user_id),
        ("services.limit_set", manager.user_id),
    ]
    events = db.execute(select(AuditEvent.kind, AuditEvent.details).order_by(AuditEvent.seq)).all()
    assert [(kind, details["limit"]) for kind, details in events] == [
        ("accounts.spending_limited", "5000.00"),
        ("accounts.spending_limited", None),
    ]


@pytest.mark.parametrize("typed", ["many", "-1", "5.5", "5,5", "1e3", "9" * 10, "٥٠٠", "=1+1"])
def test_what_is_no_sum_is_told_and_kept(browser, db, alice, manager, typed):
    browser.log_in(alice)

    page = limit_page(browser, alice, manager).submit(limit=typed)

    assert page.status == 422
    assert "Write a sum in whole tenge" in page.text
    assert page.value("limit") == typed
    assert membership(db, alice).spending_limit is None


def test_the_holder_has_no_limit(browser, db, alice):
    browser.log_in(alice)

    page = limit_page(browser, alice, membership(db, alice)).submit(limit="1")

    assert page.status == 422
    assert "The holder of the contract has no limit." in page.text
    assert membership(db, alice).spending_limit is None


def test_who_may_not_is_told_whom_to_ask_and_can_leave(browser, carol, dora):
    for person, path, words in (
        (carol, "/staff/queue", "Ask the holder of the contract for access"),
        (dora, "/staff/catalogue", "Ask your supervisor for this right."),
    ):
        browser.log_in(person)
        page = browser.open(path)

        assert page.status == 403
        assert words in page.text
        assert page.one("main form").get("action") == "/sign-out"
        assert page.all("main a[href^='/sign-in']") == []  # It would lead home: he is signed in.


def test_nobody_but_the_holder_sees_or_sets_a_limit(browser, db, alice, bob, carol, manager):
    for role in (Role.MANAGER, Role.PARENT, Role.VIEWER):
        manager.role = role
        db.commit()
        browser.log_in(carol)
        where = {"account_id": alice.account_id, "membership_id": manager.id}
        assert browser.get("accounts.list_people", account_id=alice.account_id).status == 403
        answer = browser.post("accounts.limit_spending", data={"limit": ""}, **where)
        assert answer.status == 403
    browser.log_in(bob)
    for account_id in (alice.account_id, bob.account_id):
        where = {"account_id": account_id, "membership_id": manager.id}
        assert browser.post("accounts.limit_spending", data={"limit": "1"}, **where).status == 404
    assert manager.spending_limit is None


def test_a_membership_that_ended_is_not_found(browser, db, alice, manager, noon):
    manager.ends_at = noon - timedelta(minutes=1)
    browser.log_in(alice)

    assert "Carol" not in browser.get("accounts.list_people", account_id=alice.account_id).text
    assert limit_page(browser, alice, manager).status == 404


def test_the_settings_lead_there(browser, alice, carol):
    browser.log_in(alice)
    page = browser.get("accounts.show_settings").follow("People with access")
    assert page.path.endswith("/people")
    browser.log_in(carol)
    assert "People with access" not in browser.get("accounts.show_settings").text


def test_a_limit_below_zero_is_no_limit():
    with pytest.raises(RuleError, match="below zero"):
        Membership(role=Role.MANAGER).limit_spending(Decimal(-1))


def test_the_database_knows_no_limit_of_a_holder(db, alice):
    with pytest.raises(Exception, match="ck_membership_limit_is_possible"):
        db.execute(text("update membership set spending_limit = 1"))


def test_statements_do_not_grow_with_the_members(browser, db, alice, count_statements):
    browser.log_in(alice)
    few = count_statements("accounts.list_people", account_id=alice.account_id)
    for number in range(20):
        user = make_user(db, f"Member{number} Many")
        db.flush()
        make_membership(db, user, alice.account, Role.VIEWER)
    db.commit()

    assert count_statements("accounts.list_people", account_id=alice.account_id) == few


def test_the_member_reads_of_it(browser, alice, carol, manager):
    browser.log_in(alice)
    limit_page(browser, alice, manager).submit(limit="5000")
    browser.log_in(carol)

    page = browser.get("notify.list_notifications")

    assert "You may order for 5 000 ₸ a month" in page.text


def test_the_same_limit_again_tells_nobody(browser, db, alice, manager):
    browser.log_in(alice)
    for _ in range(2):
        limit_page(browser, alice, manager).submit(limit="5000")

    assert len(db.scalars(select(Notification)).all()) == 1
