"""The proof after a save: where it is in force, and how quickly it got there."""

import pytest
from sqlalchemy import text

from portal.parental.models import CHILD
from tests.parental.factories import make_profile

_NODE = text(
    "insert into dns_node (name, applied_xid, applied_seq, seen_at)"
    " values (:name, '1', 1, clock_timestamp() - make_interval(secs => :age))"
)
_IN_FORCE = text(
    "insert into policy_in_force (node, policy_id, account_id, seq, applied_at)"
    " select :name, policy_id, account_id, seq + :behind,"
    " created_at + make_interval(secs => :after)"
    " from policy_log order by seq desc limit 1"
)


@pytest.fixture
def saved(browser, db, alice, home):
    browser.log_in(alice)
    page = browser.get("parental.show_profile", account_id=alice.account_id)
    page.submit(form="form[action$='/sites/add']", site="casino.com")

    def proof():
        ids = {"account_id": alice.account_id, "profile_id": home.id}
        return browser.get("parental.show_proof", **ids)

    return proof


def node(db, name, *, age=0.0, after=None, behind=0):
    db.execute(_NODE, {"name": name, "age": age})
    if after is not None:
        db.execute(_IN_FORCE, {"name": name, "after": after, "behind": behind})


def test_in_force_everywhere(saved, db):
    node(db, "one", after=0.004)
    node(db, "two", after=0.012)

    assert "In force on 2 of 2 servers" in saved().text
    assert "saved at 17:00, in force after 12 ms" in saved().text


def test_on_the_way(saved, db):
    node(db, "one", after=0.004)
    node(db, "two", after=0.001, behind=-1)
    node(db, "three")

    assert "Reaches the servers: 1 of 3" in saved().text


def test_a_server_that_is_silent_is_not_counted(saved, db):
    node(db, "one", after=0.004)
    node(db, "gone", age=31)

    assert "In force on 1 of 1 server" in saved().text


def test_no_server_at_all(saved):
    assert "The servers do not report" in saved().text


def test_a_server_that_came_later_tells_no_false_speed(saved, db):
    node(db, "late", after=90)

    assert "In force on 1 of 1 server" in saved().text
    assert "ms;" not in saved().text


def test_an_unchanged_proof_is_not_sent_again(saved, browser):
    first = saved()

    again = browser.open(first.path, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status == 304


def test_a_childs_newer_save_leaves_the_homes_proof_alone(saved, browser, db, alice):
    node(db, "one", after=0.004)
    child = make_profile(db, alice.account, kind=CHILD, name="Арман")
    ids = {"account_id": alice.account_id, "profile_id": child.id}
    browser.post("parental.pause_profile", {"hours": "1"}, **ids)

    card = browser.get("home.show_home", account_id=alice.account_id).one("section:has(#parental)")

    assert "Active" in card.text_content()
