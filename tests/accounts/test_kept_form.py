from datetime import timedelta

import pytest

from portal.accounts.kept_form import seal, unseal
from portal.accounts.models import User
from portal.core import clock
from portal.core.db import digest
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("entrance")


def too_late(browser, person, noon, **fields):
    browser.log_in(person)
    page = browser.get("accounts.rename")
    clock.freeze(noon + timedelta(minutes=30))
    return page.submit(**fields)


def test_what_was_typed_too_late_is_kept_through_the_sign_in(browser, db, alice, noon):
    page = too_late(browser, alice, noon, name="Айгерім 🐫 <b> \u200f")
    assert page.status == 401
    assert "nothing is lost" in page.text
    assert db.get(User, alice.id).name == "Alice Akhmetova"

    page = page.submit(login="alice@example.kz", password="wrong")
    assert page.status == 422
    page = page.submit(login="alice@example.kz", password=PASSWORD)
    assert page.h1 == "You are back. Send what you typed?"
    page = page.submit()

    assert "Your name is saved." in page.text
    assert db.get(User, alice.id).name == "Айгерім 🐫 <b> \u200f"


def test_somebody_else_who_signs_in_sends_it_as_himself_or_not_at_all(browser, db, alice, noon):
    page = too_late(browser, alice, noon, name="Alice the Second")

    page.submit(login="bob@example.kz", password=PASSWORD)

    assert db.get(User, alice.id).name == "Alice Akhmetova"


def test_passwords_are_not_kept(browser, alice, noon):
    browser.log_in(alice)
    page = browser.get("accounts.change_password")
    clock.freeze(noon + timedelta(minutes=30))

    page = page.submit(password=PASSWORD, new_password="green kettle on the old stove")

    assert page.h1 == "Sign in"
    assert "You were signed out" in page.text
    assert not page.all("[name=kept]")


def in_another_tab(browser, login):
    browser.get("accounts.sign_in").submit(login=login, password=PASSWORD)


def test_a_form_that_was_open_while_another_tab_signed_in_is_sent_by_one_press(browser, db, alice):
    browser.log_in(alice)
    page = browser.get("accounts.rename")
    in_another_tab_everything_is_new(browser)

    page = page.submit(name="Айгерім 🐫 <b>")
    assert page.status == 400
    assert page.h1 == "Send what you typed?"
    assert "What you typed is kept" in page.text
    assert db.get(User, alice.id).name == "Alice Akhmetova"
    page = page.submit()

    assert "Your name is saved." in page.text
    assert db.get(User, alice.id).name == "Айгерім 🐫 <b>"


def in_another_tab_everything_is_new(browser):
    """Sign out and in again, as another tab of the same browser does."""
    browser.post("accounts.sign_out")
    in_another_tab(browser, "alice@example.kz")


def test_a_form_that_was_open_while_another_tab_signed_out_leads_through_the_sign_in(
    browser, db, alice
):
    browser.log_in(alice)
    page = browser.get("accounts.rename")
    browser.post("accounts.sign_out")

    page = page.submit(name="Айгерім")
    assert page.status == 401
    page = page.submit(login="alice@example.kz", password=PASSWORD)
    page.submit()

    assert db.get(User, alice.id).name == "Айгерім"


def test_a_strangers_form_keeps_its_text_and_the_address_it_was_sent_to(browser):
    page = browser.open("/forgotten?lang=ru")
    in_another_tab_everything_is_new(browser)

    page = page.submit(login="somebody@example.kz")

    assert page.value("login") == "somebody@example.kz"
    assert page.form().action.startswith("/forgotten")


def test_no_password_stands_on_the_page_that_sends_again(browser, alice):
    page = browser.get("accounts.sign_in")
    in_another_tab_everything_is_new(browser)

    page = page.submit(login="alice@example.kz", password="a word that nobody should see")

    assert page.value("login") == "alice@example.kz"
    assert "nobody should see" not in page.body


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_another_sites_form_is_never_offered(browser, alice, headers):
    browser.log_in(alice)

    page = browser.send("POST", "/settings/name", data={"name": "Evil"}, headers=headers)

    assert page.status == 403
    assert "Evil" not in page.body


def test_only_what_we_sealed_is_shown():
    sealed = seal("secret", "/settings/name", [("name", "A"), ("csrf_token", "x"), ("name", "B")])

    assert unseal("secret", sealed).fields == (("name", "A"), ("name", "B"))
    assert unseal("another", sealed) is None
    assert unseal("secret", sealed[:-1]) is None
    assert unseal("secret", "") is None
    assert seal("secret", "/", [("password", "x"), ("submission_id", "y")]) == ""


def test_what_the_sign_in_cannot_carry_is_not_sealed():
    noise = "".join(digest(str(number)) for number in range(30_000))

    assert seal("secret", "/import", [("text", noise)]) == ""
    assert seal("secret", "/import", [("text", "a.kz " * 200_000)])
