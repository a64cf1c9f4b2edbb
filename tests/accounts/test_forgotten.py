from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text

from portal.accounts.models import OneTimeSecret, UserSession
from portal.core import clock
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("entrance")

NEW = "тот же самовар у окна"


def ask(browser, login="alice@example.kz"):
    return browser.get("accounts.forgotten_password").submit(login=login)


def link_in(letters):
    return urlsplit(letters()[-1].url).path


def enter(browser, password):
    return browser.get("accounts.sign_in").submit(login="alice@example.kz", password=password)


def test_a_link_leads_to_a_new_password(browser, letters, alice):
    ask(browser)

    page = browser.open(link_in(letters)).submit(password=NEW)

    assert page.h1 == "Sign in"
    assert "Your password is set" in page.text
    assert enter(browser, PASSWORD).status == 422
    assert enter(browser, NEW).path == f"/a/{alice.account_id}"


def test_the_link_has_the_host_of_the_configuration_whatever_the_request_says(browser, letters):
    page = browser.get("accounts.forgotten_password")
    data = dict(page.form().form_values()) | {"login": "alice@example.kz"}

    browser.client.post("/forgotten", data=data, headers={"Host": "evil.kz"})

    assert all(letter.url.startswith("http://localhost/") for letter in letters())


def test_every_device_is_signed_out_and_the_owner_gets_a_notice(browser, db, letters, alice, bob):
    browser.log_in(bob)
    browser.log_in(alice)
    browser.log_out()
    ask(browser)

    browser.open(link_in(letters)).submit(password=NEW)

    ended = {each.user_id: each.ended_at for each in db.scalars(select(UserSession))}
    assert ended[alice.id] == clock.now()
    assert ended[bob.id] is None
    notice = letters()[-1]
    assert (notice.address, notice.subject) == (
        "alice@example.kz",
        "Your password for Kabinet was changed",
    )


@pytest.mark.parametrize("login", ["nobody@example.kz", "+77770000000", "🐫", "x" * 900])
def test_the_answer_never_tells_who_exists(browser, letters, login):
    page = ask(browser, login)

    assert (page.path, page.h1) == ("/forgotten/sent", "Look into your e-mail")
    assert letters() == []


def test_looking_at_the_link_does_not_use_it_up(browser, letters):
    ask(browser)
    link = link_in(letters)

    for _ in range(3):
        page = browser.open(link)

    assert page.h1 == "Choose a new password"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.submit(password=NEW).h1 == "Sign in"


def test_a_link_works_once(browser, letters):
    ask(browser)
    link = link_in(letters)
    page = browser.open(link)
    page.submit(password=NEW)

    assert browser.open(link).h1 == "This link is over"
    data = dict(page.form().form_values()) | {"password": "another kettle somewhere"}
    data.pop("submission_id")
    assert browser.client.post(link, data=data).status_code == 422
    assert enter(browser, NEW).status == 200


def test_a_link_lasts_thirty_minutes(browser, letters):
    ask(browser)
    page = browser.open(link_in(letters))
    clock.freeze(clock.now() + timedelta(minutes=30))

    page = page.submit(password=NEW)

    assert page.status == 422
    assert "older than 30 minutes" in page.text


def test_a_newer_link_voids_the_older(browser, letters):
    ask(browser)
    old = link_in(letters)
    ask(browser)
    new = link_in(letters)

    assert browser.open(old).h1 == "This link is over"
    assert browser.open(new).h1 == "Choose a new password"


def test_a_weak_password_does_not_use_it_up(browser, letters):
    ask(browser)
    page = browser.open(link_in(letters)).submit(password="Alice Akhmetova!")

    assert page.status == 422
    assert page.submit(password=NEW).h1 == "Sign in"


@pytest.mark.parametrize("token", ["x", "%00", "🐫", "a" * 500, "..%2f"])
def test_an_invented_link_is_over(browser, token):
    page = browser.open(f"/forgotten/{token}")

    is_no_path = token in {"%00", "..%2f"}
    assert page.status == (404 if is_no_path else 200)
    assert page.h1 == ("There is no such page" if is_no_path else "This link is over")


def test_the_secret_of_the_link_is_stored_as_its_digest(browser, db, letters):
    ask(browser)
    secret = link_in(letters).rpartition("/")[2]

    stored = db.scalars(select(OneTimeSecret)).one()

    assert secret not in (stored.token_hash, str(stored.payload))


def test_the_job_names_nobody_and_the_row_forgets_who_was_asked_for(browser, db, letters):
    ask(browser, "nobody@example.kz")
    ask(browser)

    jobs = db.scalars(text("select args::text from jobs.procrastinate_jobs")).all()
    asked = [secret.payload["login"] for secret in db.scalars(select(OneTimeSecret))]
    letters()

    assert len(jobs) == 2
    assert "@" not in str(jobs)
    assert sorted(asked) == ["alice@example.kz", "nobody@example.kz"]
    assert [secret.payload for secret in db.scalars(select(OneTimeSecret))] == [{}, {}]


def test_asking_is_throttled_by_name(browser):
    for _ in range(3):
        assert ask(browser).status == 200

    assert ask(browser, " ALICE@example.kz").status == 429


def test_a_disabled_person_gets_no_link(browser, db, letters, alice):
    alice.user.disabled_at = clock.now()
    ask(browser)

    assert letters() == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_and_letter_speak_three_languages(browser, letters, language):
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    ask(browser)

    letter = letters()[0]

    assert letter.language == language
    assert browser.open(urlsplit(letter.url).path).status == 200
