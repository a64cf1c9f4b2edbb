from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import UserSession
from portal.core import clock
from portal.core.audit import AuditEvent
from tests.accounts.conftest import PASSWORD, Stranger

pytestmark = pytest.mark.usefixtures("entrance")


def enter(browser, login="alice@example.kz", password=PASSWORD, **more):
    return browser.get("accounts.sign_in", **more).submit(login=login, password=password)


@pytest.mark.parametrize(
    "login", ["alice@example.kz", " Alice@Example.KZ ", "8 701 555 12 34", "+7 (701) 555-12-34"]
)
def test_email_or_phone_and_password_open_the_home_page(browser, db, alice, login):
    page = enter(browser, login)

    assert page.path == f"/a/{alice.account_id}"
    device = db.scalars(select(UserSession)).one()
    assert (device.user_id, device.means, device.ended_at) == (alice.id, "password", None)
    assert "accounts.user_signed_in" in db.scalars(select(AuditEvent.kind)).all()


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("alice@example.kz", "wrong"),
        ("nobody@example.kz", PASSWORD),
        ("+77770000000", PASSWORD),
        ("алиса 🐫 \u202e", "🐫" * 300),
    ],
)
def test_somebody_and_nobody_get_the_same_answer(browser, db, login, password):
    page = enter(browser, login, password)

    assert page.status == 422
    assert "do not belong together" in page.text
    assert page.value("login") == login
    assert page.value("password") == ""
    assert db.scalars(select(UserSession)).all() == []


def test_what_is_missing_or_not_storable_is_said_in_words(browser):
    page = enter(browser, "", "")
    assert "Write your password." in page.text

    page = enter(browser, "a\x00b", "x")
    assert page.status == 422
    assert "control characters" in page.text


def test_a_disabled_person_is_nobody(browser, db, alice):
    alice.user.disabled_at = clock.now()

    assert "do not belong together" in enter(browser).text


def test_the_sixth_wrong_password_is_refused_and_the_right_one_too(browser):
    for _ in range(5):
        assert enter(browser, password="wrong").status == 422

    page = enter(browser)

    assert page.status == 429
    assert 0 < int(page.headers["Retry-After"]) <= 900
    assert "Time left to wait: 15 minutes." in page.text


def test_after_15_minutes_one_may_try_again(browser, alice):
    for _ in range(6):
        enter(browser, password="wrong")
    clock.freeze(clock.now() + timedelta(minutes=15))

    assert enter(browser).path == f"/a/{alice.account_id}"


def test_a_right_password_forgets_the_wrong_ones(browser, alice):
    for _ in range(2):
        for _ in range(4):
            enter(browser, password="wrong")
        assert enter(browser).path == f"/a/{alice.account_id}"
        browser.log_out()


def test_twenty_wrong_ones_of_many_names_stop_an_address(browser):
    for number in range(20):
        assert enter(browser, f"nobody{number}@example.kz").status == 422

    assert enter(browser).status == 429


def test_one_comes_back_to_where_one_was(browser):
    page = browser.get("accounts.show_settings")
    assert page.h1 == "Sign in"

    assert page.submit(login="alice@example.kz", password=PASSWORD).h1 == "Settings"


@pytest.mark.parametrize("target", ["https://evil.kz", "//evil.kz", "/\\evil.kz", "/%09/evil.kz"])
def test_nobody_is_led_out_of_the_portal(browser, alice, target):
    page = browser.open(f"/sign-in?next={target}").submit(
        login="alice@example.kz", password=PASSWORD
    )

    assert page.path == f"/a/{alice.account_id}"


def test_the_secret_of_the_session_is_new_and_only_its_digest_is_stored(browser, db):
    browser.get("accounts.sign_in")
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = planted = "planted-by-somebody"
        cookie["planted"] = "x"

    enter(browser)

    with browser.client.session_transaction() as cookie:
        carried = dict(cookie)
    assert carried["_user_id"] != planted
    assert "planted" not in carried
    stored = db.scalars(select(UserSession.token_hash)).all()
    assert carried["_user_id"] not in stored


def test_the_form_needs_its_token(browser):
    answer = browser.client.post(
        "/sign-in", data={"login": "alice@example.kz", "password": PASSWORD}
    )

    assert answer.status_code == 400


def test_a_form_of_another_site_is_refused(browser):
    page = browser.get("accounts.sign_in")
    data = dict(page.form().form_values()) | {"login": "alice@example.kz", "password": PASSWORD}

    answer = browser.client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_pressing_twice_leaves_one_signed_in(browser, alice):
    page = browser.get("accounts.sign_in")

    for _ in range(2):
        page.submit(login="alice@example.kz", password=PASSWORD)

    assert browser.get("accounts.show_settings").status == 200


def test_signing_out_ends_the_session_on_the_server(browser, db, alice):
    browser.log_in(alice)
    with browser.client.session_transaction() as cookie:
        secret = cookie["_user_id"]

    page = browser.get("accounts.show_settings").submit(form="form[action='/sign-out']")

    assert "You are signed out." in page.text
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    assert browser.get("accounts.show_settings").h1 == "Sign in"
    assert db.scalars(select(UserSession)).one().ended_at == clock.now()


@pytest.mark.parametrize(
    ("person", "idle", "absolute"), [("alice", 30, 12 * 60), ("dora", 15, 8 * 60)]
)
def test_a_session_ends_by_itself(browser, db, cast, noon, person, idle, absolute):
    browser.log_in(cast[person])
    clock.freeze(noon + timedelta(minutes=idle, seconds=-1))
    assert browser.get("accounts.show_settings").h1 == "Settings"

    for step in range(absolute // 10):
        clock.freeze(noon + timedelta(minutes=10 * step))
        db.scalars(select(UserSession)).one().seen_at = clock.now()
    clock.freeze(noon + timedelta(minutes=absolute, seconds=-1))
    assert browser.get("accounts.show_settings").h1 == "Settings"
    clock.freeze(noon + timedelta(minutes=absolute))
    page = browser.get("accounts.show_settings")

    assert page.h1 == "Sign in"
    assert "You were signed out" in page.text


def test_an_idle_session_is_over_with_a_clear_sentence(browser, alice, noon):
    browser.log_in(alice)
    clock.freeze(noon + timedelta(minutes=30))

    page = browser.get("accounts.show_settings")

    assert "You were signed out" in page.text
    assert page.submit(login="alice@example.kz", password=PASSWORD).h1 == "Settings"


@pytest.mark.parametrize(
    ("language", "heading"), [("kk", "Кіру"), ("ru", "Войти"), ("en", "Sign in")]
)
def test_the_page_speaks_three_languages(browser, language, heading):
    assert browser.open(f"/sign-in?lang={language}").h1 == heading


def test_who_is_signed_in_needs_no_sign_in_page(browser, alice):
    browser.log_in(alice)

    assert browser.get("accounts.sign_in").path == f"/a/{alice.account_id}"


def test_strangers_cannot_lock_somebody_out_of_his_own_browser(app, browser, db, alice):
    enter(browser)
    browser.get("accounts.show_settings").submit(form="form[action='/sign-out']")
    stranger = Stranger(app, db)
    for _ in range(6):
        enter(stranger, password="wrong")
    assert enter(stranger).status == 429

    assert enter(browser).path == f"/a/{alice.account_id}"


def test_a_known_browser_has_five_tries_too(browser, alice):
    enter(browser)
    browser.get("accounts.show_settings").submit(form="form[action='/sign-out']")
    for _ in range(5):
        assert enter(browser, password="wrong").status == 422

    assert enter(browser).status == 429


def test_a_known_browser_is_known_to_its_own_people_only(browser, bob):
    enter(browser)
    browser.get("accounts.show_settings").submit(form="form[action='/sign-out']")

    for _ in range(5):
        enter(browser, bob.user.email, password="wrong")

    assert enter(browser, bob.user.email).status == 429


def test_an_invented_cookie_is_no_known_browser(browser):
    browser.client.set_cookie("kabinet-known", "invented")
    for _ in range(5):
        enter(browser, password="wrong")

    assert enter(browser).status == 429
