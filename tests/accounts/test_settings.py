import pytest
from sqlalchemy import select

from portal.accounts.models import Membership, User, UserSession
from portal.core import clock
from portal.core.audit import AuditEvent
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("entrance")

NEW = "тот же самовар у окна"


def on_another_device(browser, person):
    browser.log_in(person)
    with browser.client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    browser.log_in(person)
    return secret


def carry(browser, secret):
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = secret


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("person", ["alice", "carol", "dora"])
def test_the_page_shows_me_my_devices_and_contracts(browser, db, cast, person, language):
    cast[person].user.language = language
    browser.log_in(cast[person])

    page = browser.get("accounts.show_settings")

    assert cast[person].user.email in page.text
    assert ("7 1203 4456" in page.text) == (person != "dora")
    assert len(page.all("#devices ~ * .thing, section[aria-labelledby=devices] .thing")) == 1


def test_one_device_is_signed_out(browser, db, alice):
    secret = on_another_device(browser, alice)
    page = browser.get("accounts.show_settings")

    page = page.submit(form="form[action*='/devices/'][action$='/end']")

    assert "The device is signed out." in page.text
    assert browser.get("accounts.show_settings").status == 200
    carry(browser, secret)
    assert browser.get("accounts.show_settings").h1 == "Sign in"


def test_all_others_are_signed_out(browser, db, alice, bob):
    browser.log_in(bob)
    secret = on_another_device(browser, alice)

    page = browser.get("accounts.show_settings").submit(form="form[action$='/end-others']")

    assert page.h1 == "Settings"
    carry(browser, secret)
    assert browser.get("accounts.show_settings").h1 == "Sign in"
    running = db.scalars(select(UserSession.user_id).where(UserSession.ended_at.is_(None))).all()
    assert sorted(running) == sorted([alice.id, bob.id])


def test_nobody_ends_the_device_of_another(browser, db, alice, bob):
    browser.log_in(bob)
    theirs = db.scalars(select(UserSession)).one()
    browser.log_in(alice)

    assert browser.post("accounts.end_device", device_id=theirs.id).status == 404
    assert theirs.ended_at is None


def test_a_name_is_changed(browser, db, alice):
    browser.log_in(alice)

    page = browser.get("accounts.rename").submit(name=" Айгерім 🐫 \u200f")

    assert page.h1 == "Settings"
    assert db.get(User, alice.id).name == "Айгерім 🐫 \u200f"


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 101, "x" * 2000])
def test_a_name_that_cannot_be_kept_is_said_and_stays_in_the_field(browser, db, alice, name):
    browser.log_in(alice)

    page = browser.get("accounts.rename").submit(name=name)

    assert page.status == 422
    assert db.get(User, alice.id).name == "Alice Akhmetova"


def test_a_password_is_changed_and_other_devices_are_out(browser, db, alice):
    secret = on_another_device(browser, alice)

    page = browser.get("accounts.change_password").submit(password=PASSWORD, new_password=NEW)

    assert page.h1 == "Settings"
    with browser.client.session_transaction() as cookie:
        assert cookie["_user_id"] != secret
    carry(browser, secret)
    assert browser.get("accounts.show_settings").h1 == "Sign in"
    page = browser.get("accounts.sign_in").submit(login="alice@example.kz", password=NEW)
    assert page.status == 200
    assert "accounts.password_changed" in db.scalars(select(AuditEvent.kind)).all()


@pytest.mark.parametrize(
    ("present", "new", "sentence"),
    [
        ("wrong", NEW, "This is not your password"),
        (PASSWORD, "short", "at least 15 characters"),
        (PASSWORD, "alice akhmetova alice", "made of your name"),
        ("", "", "Write your password."),
    ],
)
def test_a_password_is_not_changed_without_the_present_one(browser, alice, present, new, sentence):
    browser.log_in(alice)

    page = browser.get("accounts.change_password").submit(password=present, new_password=new)

    assert page.status == 422
    assert sentence in page.text
    assert browser.get("accounts.show_settings").h1 == "Settings"


def test_a_fresh_proof_gives_the_device_a_new_secret(browser, db, alice):
    browser.log_in(alice)
    device = db.scalars(select(UserSession)).one()
    with browser.client.session_transaction() as cookie:
        old = cookie["_user_id"]
    device.proven_at = clock.now().replace(year=2020)

    page = browser.get("accounts.confirm", next="/settings/name").submit(password=PASSWORD)

    assert page.path == "/settings/name"
    assert device.proven_at == clock.now()
    carry(browser, old)
    assert browser.get("accounts.show_settings").h1 == "Sign in"


def test_a_browser_that_signs_itself_out_by_the_list_keeps_nothing(browser, db, alice):
    browser.log_in(alice)
    here = db.scalars(select(UserSession)).one()

    answer = browser.post("accounts.end_device", device_id=here.id)

    assert (answer.status, answer.headers["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert browser.get("accounts.show_settings").h1 == "Sign in"


def test_who_proves_himself_anew_is_led_back_to_what_he_wanted(browser, db, alice, carol):
    browser.log_in(alice)
    db.scalars(select(UserSession)).one().proven_at = clock.now().replace(year=2020)
    own = select(Membership).where(Membership.user_id == carol.id)
    member = db.scalars(own).one()
    values = {"account_id": alice.account_id, "membership_id": member.id}

    page = browser.get("accounts.limit_spending", **values)

    assert page.h1 == "Is it you?"
    assert page.submit(password=PASSWORD).path == browser.url("accounts.limit_spending", **values)


def test_a_language_is_kept_for_the_user(browser, db, alice):
    browser.log_in(alice)

    page = browser.get("accounts.show_settings").submit(
        form="main form[action='/language']", button="lang=kk"
    )

    assert page.one("html").get("lang") == "kk"
    assert page.path == "/settings"
    assert db.get(User, alice.id).language == "kk"


def test_language_and_theme_are_kept_for_a_stranger_in_one_cookie(browser):
    page = browser.get("accounts.sign_in")
    page = page.submit(form="form[action='/language']", button="lang=kk")
    page = page.submit(form="form[action='/theme']", button="theme=dark")

    assert page.path == "/sign-in"
    assert page.one("html").get("lang") == "kk"
    assert page.one("html").get("data-theme") == "dark"
    assert browser.client.get_cookie("kabinet-look").value == "kk.dark"


def test_a_theme_is_kept_for_the_user(browser, db, alice):
    browser.log_in(alice)

    browser.get("accounts.show_settings").submit(
        form="main form[action='/theme']", button="theme=dark"
    )

    assert db.get(User, alice.id).theme == "dark"


@pytest.mark.parametrize("chosen", ["", "de", "kk.dark", "\x00", "🐫" * 100])
def test_a_language_that_we_do_not_speak_changes_nothing(browser, db, alice, chosen):
    browser.log_in(alice)

    assert browser.post("accounts.choose_language", {"lang": chosen}).status == 302
    assert browser.post("accounts.choose_theme", {"theme": chosen}).status == 302
    assert (db.get(User, alice.id).language, db.get(User, alice.id).theme) == ("en", "system")


def test_a_choice_does_not_lead_out_of_the_portal(browser):
    page = browser.post("accounts.choose_language", {"lang": "kk", "next": "//evil.kz"})

    assert page.headers["Location"] == "/"
