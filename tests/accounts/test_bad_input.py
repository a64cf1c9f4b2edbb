"""Whatever is typed or sent: a clear answer, never a failure of ours."""

import logging
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, select

from portal.accounts.models import Identity, User, UserSession
from portal.core import clock, ids
from tests.accounts.conftest import PASSWORD
from tests.cast import make_account, make_membership

pytestmark = pytest.mark.usefixtures("entrance")

TEXTS = [
    "a\x00b",
    "🐫🏔️👩‍👩‍👧",
    "\u202eabc\u202c",
    "x" * 300_000,
    "' or 1=1 --",
    "{{ 7*7 }}%(name)s{0}",
    "<script>alert(1)</script>",
    "\r\nBcc: a@b.kz",
    "\ud83d",
    " ",
]
FORMS = {
    "accounts.sign_in": ("login", "password"),
    "accounts.join": ("contract", "email"),
    "accounts.forgotten_password": ("login",),
    "accounts.confirm": ("password",),
    "accounts.rename": ("name",),
    "accounts.change_password": ("password", "new_password"),
    "accounts.choose_language": ("lang", "next"),
    "accounts.choose_theme": ("theme", "next"),
}


@pytest.mark.parametrize("endpoint", sorted(FORMS))
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text_in_any_field_is_answered(browser, alice, endpoint, text):
    if endpoint not in {"accounts.join", "accounts.forgotten_password"}:
        browser.log_in(alice)
    data = dict.fromkeys(FORMS[endpoint], text.encode("utf-8", "surrogatepass"))

    page = browser.post(endpoint, data)

    assert page.status in {302, 303, 422}


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) < 1000])
def test_any_text_in_an_address_is_answered(browser, text):
    given = dict.fromkeys(("next", "expired", "lang", "aim"), text)
    query = urlencode(given, errors="surrogatepass")

    for path in ("/sign-in", "/join", "/forgotten", "/language"):
        answer = browser.client.get(f"{path}?{query}")
        assert answer.status_code in {200, 302, 404, 405}


@pytest.mark.parametrize("number", ["712039999", "٧١٢٠٣٩٩٩٩", "1" * 500, "-1", "1e9", ""])
def test_any_number_of_a_contract_is_answered_alike(browser, number):
    page = browser.post("accounts.join", {"contract": number, "email": "a@example.kz"})

    assert page.status == (302 if number else 422)


@pytest.mark.parametrize("identity", ["0", "nobody", "🐫", "00000000-0000-0000-0000-000000000000"])
def test_foreign_ids_are_not_found(browser, alice, identity):
    browser.log_in(alice)

    for path in (f"/settings/devices/{identity}/end", f"/settings/identities/{identity}/unlink"):
        assert browser.send("POST", path, token=True).status == 404


def test_no_secret_stands_in_the_log(browser, caplog, letters, db, alice):
    caplog.set_level(logging.DEBUG)
    make_account(db, "712039999", email="newcomer@example.kz")
    browser.get("accounts.sign_in").submit(login="alice@example.kz", password=PASSWORD)
    browser.get("accounts.sign_in")
    browser.log_out()
    page = browser.get("accounts.join").submit(contract="712039999", email="newcomer@example.kz")
    code = letters()[0].subject.rpartition(" ")[2]
    page.submit(code=code)
    browser.get("accounts.forgotten_password").submit(login="alice@example.kz")
    link = letters()[-1].url
    browser.open("/" + link.split("/", 3)[3])

    for secret in (PASSWORD, code, link.rpartition("/")[2], "alice@example.kz", "newcomer@"):
        assert secret not in caplog.text


def test_the_settings_page_asks_as_much_for_many_as_for_one(app, browser, db, alice):
    browser.log_in(alice)
    few = statements(app, db, lambda: browser.get("accounts.show_settings"))
    for number in range(30):
        add_one_of_each(db, alice, number)
    db.commit()

    many = statements(app, db, lambda: browser.get("accounts.show_settings"))

    assert many == few <= 9


def add_one_of_each(db, person, number):
    account = make_account(db, f"7299990{number:02d}")
    db.flush()
    make_membership(db, person.user, account, "manager")
    db.add(
        UserSession(
            id=ids.uuid7(),
            user_id=person.id,
            token_hash=f"hash{number}",
            device="Test",
            created_at=clock.now(),
            seen_at=clock.now(),
            proven_at=clock.now(),
        )
    )
    db.add(
        Identity(
            id=ids.uuid7(),
            user_id=person.id,
            provider="example",
            issuer="https://idp.kz",
            subject=f"s-{number}",
            shown_name="A",
            created_at=clock.now(),
        )
    )


def statements(app, db, visit):
    """Count what a visit asks the database, but for what the harness itself asks."""
    asked = []

    def note(_connection, _cursor, statement, _values, context, _many):
        is_frame = statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        if not is_frame and not (context and context.execution_options.get("harness")):
            asked.append(statement)

    connection = db.info["outer"]
    event.listen(connection, "before_cursor_execute", note)
    visit()
    event.remove(connection, "before_cursor_execute", note)
    return len(asked)


def test_over_https_every_cookie_is_bound_to_the_host(app, browser, monkeypatch):
    monkeypatch.setitem(app.config, "PREFERENCE_COOKIE", "__Host-look")
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)

    page = browser.post("accounts.choose_language", {"lang": "kk"})

    kept = next(each for each in page.headers.getlist("Set-Cookie") if "__Host-look" in each)
    assert all(mark in kept for mark in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in kept


def test_nothing_about_the_person_is_kept_by_the_browser_after_signing_out(browser, alice):
    browser.log_in(alice)
    assert browser.get("accounts.show_settings").headers["Cache-Control"] == "no-store"

    page = browser.post("accounts.sign_out")

    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.db.scalars(select(User.id).where(User.id == alice.id)).one()
