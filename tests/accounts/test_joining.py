import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import actions
from portal.accounts.models import Membership, OneTimeSecret, User, UserSession
from portal.accounts.weakness import weakness
from portal.core import clock
from portal.core.mail import OutgoingMail
from tests.accounts.conftest import PASSWORD
from tests.cast import make_account

pytestmark = pytest.mark.usefixtures("entrance")

NEW_PASSWORD = "тот же самовар у окна"


@pytest.fixture
def contract(db, cast):
    account = make_account(db, "712039999", email="Newcomer@example.kz")
    db.commit()
    return account


def ask(browser, contract="7 1203 9999", email="newcomer@example.kz"):
    return browser.get("accounts.join").submit(contract=contract, email=email)


def code_in(letters):
    return re.search(r"\b\d{6}\b", letters()[-1].subject).group()


def test_a_newcomer_joins_in_three_steps(browser, db, contract, letters):
    page = ask(browser)
    assert page.h1 == "Look into your e-mail"

    page = page.submit(code=code_in(letters))
    assert page.h1 == "The contract is yours"
    page = page.submit(name="Әлия Нұрғали", password=NEW_PASSWORD)

    assert page.path == f"/a/{contract.id}"
    user = db.scalars(select(User).where(User.email == "newcomer@example.kz")).one()
    held = db.scalars(select(Membership).where(Membership.account_id == contract.id)).one()
    assert (held.user_id, held.role, user.name) == (user.id, "holder", "Әлия Нұрғали")
    assert (user.language, user.staff_role) == ("en", None)


def test_what_was_joined_opens_with_email_and_password(browser, contract, letters):
    ask(browser).submit(code=code_in(letters)).submit(name="A", password=NEW_PASSWORD)
    browser.log_out()

    page = browser.get("accounts.sign_in").submit(
        login="newcomer@example.kz", password=NEW_PASSWORD
    )

    assert page.path == f"/a/{contract.id}"


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("7 1203 9999", "newcomer@example.kz"),
        ("7 1203 9999", "stranger@example.kz"),
        ("000000000", "newcomer@example.kz"),
        ("no number at all 🐫", "newcomer@example.kz"),
        ("7 1203 4456", "712034456@example.kz"),
    ],
)
def test_the_answer_never_tells_what_exists(browser, db, contract, number, email):
    page = ask(browser, number, email)

    assert (page.status, page.path, page.h1) == (200, "/join/code", "Look into your e-mail")
    assert "If the contract and the e-mail belong together" in page.text
    assert db.scalar(select(func.count()).select_from(OneTimeSecret)) == 1
    assert "This code is not right" in page.submit(code="123456").text


def test_who_is_not_on_file_gets_no_letter(browser, contract, letters):
    ask(browser, email="stranger@example.kz")

    assert letters() == []


def test_a_contract_that_has_a_holder_says_so_only_by_letter(browser, letters):
    ask(browser, "7 1203 4456", "712034456@example.kz")

    subject = letters()[0].subject.replace("\N{NO-BREAK SPACE}", " ")
    assert subject == "Contract 7 1203 4456 has been joined already"


def test_an_address_that_signs_in_already_is_told_so_only_by_letter(browser, db, letters, alice):
    make_account(db, "712038888", email=alice.user.email)

    ask(browser, "712038888", alice.user.email)

    assert letters()[0].subject == "You have a sign-in already"


def test_the_letter_is_written_once_though_the_job_runs_twice(browser, db, contract, letters):
    ask(browser)
    letters()
    ask_again = db.scalars(select(OneTimeSecret)).one()

    with browser.app.app_context():
        actions.send_join_code(ask_again.id)

    assert len(db.scalars(select(OutgoingMail)).all()) == 1


def test_the_code_may_be_typed_with_a_gap(browser, contract, letters):
    page = ask(browser)
    code = code_in(letters)

    assert page.submit(code=f" {code[:3]} {code[3:]} ").h1 == "The contract is yours"


@pytest.mark.parametrize("code", ["", "000", "🐫🐫🐫", "\u202e123456", "1" * 900, "abcdef"])
def test_a_wrong_code_is_said_and_stays(browser, contract, letters, code):
    page = ask(browser)
    letters()

    page = page.submit(code=code)

    assert page.status == 422
    assert page.value("code") == code


def test_a_code_lasts_ten_minutes(browser, contract, letters):
    page, code = ask(browser), None
    code = code_in(letters)
    clock.freeze(clock.now() + timedelta(minutes=10))

    assert "older than 10 minutes" in page.submit(code=code).text


def test_a_code_works_only_where_it_was_asked_for(browser, contract, letters):
    ask(browser)
    code = code_in(letters)
    browser.log_out()

    assert browser.get("accounts.enter_code").path == "/join"
    assert "This code is not right" in ask(browser).submit(code=code).text


def test_nobody_jumps_over_the_code(browser, db, contract, letters):
    ask(browser)
    letters()

    page = browser.get("accounts.finish_joining").submit(name="A", password=NEW_PASSWORD)

    assert page.status == 422
    assert db.scalar(select(User).where(User.email == "newcomer@example.kz")) is None


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 15 characters"),
        ("password password 1", "repeated or well-known pieces"),
        ("Kazakhtelecom Asan newcomer", "made of your name"),
        ("x" * 300, "256 characters at most"),
    ],
)
def test_a_weak_password_is_refused_and_the_name_stays(
    browser, db, contract, letters, password, sentence
):
    page = ask(browser).submit(code=code_in(letters)).submit(name="Asan", password=password)

    assert page.status == 422
    assert sentence in page.text
    assert page.value("name") == "Asan"
    assert db.scalar(select(User).where(User.email == "newcomer@example.kz")) is None
    assert page.submit(password=NEW_PASSWORD).path == f"/a/{contract.id}"


@pytest.mark.parametrize("name", ["🐫 \u202eRTL", "Ж" * 100, "Robert'); drop table--"])
def test_a_name_may_be_anything_that_can_be_kept(browser, db, contract, letters, name):
    ask(browser).submit(code=code_in(letters)).submit(name=name, password=NEW_PASSWORD)

    assert db.scalar(select(User.name).where(User.email == "newcomer@example.kz")) == name


def test_a_finished_request_does_not_join_again(browser, db, contract, letters):
    page = ask(browser).submit(code=code_in(letters))
    page.submit(name="A", password=NEW_PASSWORD)

    page.submit(name="A", password=NEW_PASSWORD)

    assert db.scalar(select(func.count()).where(Membership.account_id == contract.id)) == 1


def test_a_signed_in_person_adds_a_contract(browser, db, contract, letters, alice):
    browser.log_in(alice)
    page = ask(browser)

    page = page.submit(code=code_in(letters))

    assert page.path == f"/a/{contract.id}"
    held = db.scalars(select(Membership).where(Membership.account_id == contract.id)).one()
    assert (held.user_id, held.role) == (alice.id, "holder")
    assert "7 1203 9999" in browser.get("accounts.choose_account").text


@pytest.mark.parametrize(
    "known",
    [
        {"role": "viewer"},
        {"role": "manager", "spending_limit": 5000},
        {"role": "parent", "ends_at": datetime(2026, 11, 1, tzinfo=UTC)},
    ],
)
def test_a_member_who_proves_it_becomes_the_holder(browser, db, letters, carol, known):
    account = make_account(db, "712037777", email="carol@example.kz")
    db.flush()
    db.add(Membership(user_id=carol.id, account_id=account.id, created_at=clock.now(), **known))
    db.commit()
    browser.log_in(carol)

    ask(browser, "712037777", "carol@example.kz").submit(code=code_in(letters))

    held = db.scalars(select(Membership).where(Membership.account_id == account.id)).one()
    assert (held.role, held.spending_limit, held.ends_at) == ("holder", None, None)


def test_what_one_asked_for_another_cannot_finish(browser, db, contract, letters, alice, bob):
    browser.log_in(alice)
    page = ask(browser)
    code = code_in(letters)
    with browser.client.session_transaction() as cookie:
        carried = cookie["join"]
    browser.log_in(bob)
    with browser.client.session_transaction() as cookie:
        cookie["join"] = carried

    page = browser.get("accounts.enter_code").submit(code=code)

    assert page.status == 422
    assert db.scalar(select(func.count()).where(Membership.account_id == contract.id)) == 0


def test_asking_is_throttled_by_contract(browser, contract):
    for _ in range(5):
        assert ask(browser).status == 200

    page = ask(browser)

    assert page.status == 429
    assert int(page.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("email", ["", "no address", "a@b", "a\x00@example.kz", "ә@@x.kz"])
def test_a_malformed_email_is_said_and_the_number_stays(browser, email):
    page = ask(browser, email=email)

    assert page.status == 422
    assert page.value("contract") == "7 1203 9999"


def test_space_around_what_was_pasted_does_no_harm(browser, contract, letters):
    ask(browser, " 712039999 ", " Newcomer@example.kz\n")

    assert len(letters()) == 1


def test_a_browser_without_the_request_begins_again(browser):
    assert browser.get("accounts.enter_code").path == "/join"
    assert browser.get("accounts.finish_joining").path == "/join"


def test_joining_leaves_no_older_session_in_the_browser(browser, db, contract, letters):
    ask(browser).submit(code=code_in(letters)).submit(name="A", password=NEW_PASSWORD)

    with browser.client.session_transaction() as cookie:
        assert "join" not in cookie
    assert db.scalars(select(UserSession)).one().means == "join"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_and_letter_speak_three_languages(browser, db, contract, letters, language):
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    page = ask(browser).submit(code=code_in(letters))
    page.submit(name="A", password=NEW_PASSWORD)

    assert letters()[0].language == language
    assert db.scalar(select(User.language).where(User.email == "newcomer@example.kz")) == language


def test_the_password_of_the_cast_is_a_good_one():
    assert weakness(PASSWORD) is None
