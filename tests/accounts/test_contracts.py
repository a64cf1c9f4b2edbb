from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Membership
from portal.core import clock
from tests.cast import make_account, make_membership

pytestmark = pytest.mark.usefixtures("entrance")


@pytest.fixture
def two(db, alice, cast):
    account = make_account(db, "711879999")
    db.flush()
    clock.freeze(clock.now() + timedelta(seconds=1))
    make_membership(db, alice.user, account, "manager")
    db.commit()
    return account


def test_the_first_contract_opens_first_and_then_the_one_used_last(browser, alice, two):
    browser.log_in(alice)
    assert browser.get("accounts.enter").path == f"/a/{alice.account_id}"

    browser.get("home.show_home", account_id=two.id)

    assert browser.get("accounts.enter").path == f"/a/{two.id}"


def test_one_chooses_between_contracts(browser, alice, two):
    browser.log_in(alice)

    page = browser.get("accounts.choose_account")

    assert "7 1187 9999" in page.text
    assert page.follow("7 1187 9999").path == f"/a/{two.id}"


def test_a_contract_left_in_the_cookie_by_somebody_else_is_not_opened(browser, alice, bob):
    browser.log_in(alice)
    with browser.client.session_transaction() as cookie:
        cookie["account"] = str(bob.account_id)

    assert browser.get("accounts.enter").path == f"/a/{alice.account_id}"


def test_somebody_elses_contract_is_not_found(browser, alice, bob):
    browser.log_in(alice)

    assert browser.get("home.show_home", account_id=bob.account_id).status == 404


def test_who_has_no_contract_is_shown_how_to_add_one(browser, db, carol, cast):
    db.execute(delete(Membership).where(Membership.user_id == carol.id))
    browser.log_in(carol)

    assert browser.get("accounts.enter").path == "/join"
    assert "No contract yet" in browser.get("accounts.choose_account").text


def test_an_ended_membership_opens_nothing(browser, db, alice, two):
    held = db.scalars(select(Membership).where(Membership.account_id == two.id)).one()
    held.ends_at = clock.now() - timedelta(seconds=1)
    browser.log_in(alice)

    assert browser.get("home.show_home", account_id=two.id).status == 404


@pytest.mark.parametrize("person", ["dora", "eric", "fiona", "gulnara"])
def test_staff_enter_at_their_desk(browser, cast, person):
    browser.log_in(cast[person])

    page = browser.send("GET", "/enter")

    assert page.headers["Location"] == "/staff/"
