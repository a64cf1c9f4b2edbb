import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from portal.accounts import oidc
from portal.accounts.models import Identity, User, UserSession
from portal.accounts.oidc import Partners, read_providers
from portal.core import clock, ids
from portal.core.audit import AuditEvent
from tests.accounts.conftest import PASSWORD
from tests.partners.oidc_provider import FAULTS
from tests.partners.running import partner

pytestmark = pytest.mark.usefixtures("entrance")

WRONG_TOKENS = sorted(set(FAULTS) - {"slow"})


@pytest.fixture(scope="module")
def issuer():
    with partner("tests.partners.oidc_provider") as address:
        yield address


@pytest.fixture
def control(issuer):
    def turn(**switches):
        httpx.post(f"{issuer}/control", json=switches).raise_for_status()

    turn(fault=None, subject="s-1", claims={"name": "A. Akhmetova"})
    return turn


@pytest.mark.parametrize(
    "issuer", ["https://id.example.kz", "https://id.example.kz/", "https://id.example.kz/one/"]
)
def test_an_issuer_may_end_in_a_slash(issuer):
    address = oidc.address_of(issuer)

    assert address.endswith("/.well-known/openid-configuration")
    assert "//" not in address.removeprefix("https://")


def entry(issuer, **more):
    return {
        "title": "Example ID",
        "issuer": issuer,
        "client_id": "kabinet",
        "client_secret": "partner-secret",
        **more,
    }


@pytest.fixture
def configured(app, issuer, control):
    """Let the portal know two providers, which are the same process."""
    before = app.extensions["oidc"]

    def configure(**more):
        raw = {"example": entry(issuer, **more), "other": entry(issuer, title="Other ID")}
        app.extensions["oidc"] = Partners(read_providers(json.dumps(raw)))

    configure()
    yield configure
    app.extensions["oidc"] = before


@pytest.fixture
def linked(db, issuer, alice):
    identity = Identity(
        id=ids.uuid7(),
        user_id=alice.id,
        provider="example",
        issuer=issuer,
        subject="s-1",
        shown_name="A.",
        created_at=clock.now(),
    )
    db.add(identity)
    db.commit()
    return identity


def leave(browser, provider="example", **values):
    """Go to the provider, agree there, and return the path with which one comes back."""
    page = browser.send("GET", browser.url("accounts.start_oidc", provider=provider, **values))
    assert page.status == 302, page.status
    answer = httpx.get(page.headers["Location"])
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "localhost"
    return f"{back.path}?{back.query}"


def through(browser, **values):
    return browser.open(leave(browser, **values))


def test_a_linked_person_signs_in(browser, db, configured, linked, alice):
    page = through(browser)

    assert page.path == f"/a/{alice.account_id}"
    device = db.scalars(select(UserSession)).one()
    assert (device.user_id, device.means) == (alice.id, "example")


def test_the_request_has_pkce_state_and_nonce_and_its_own_return_address(browser, configured):
    page = browser.send("GET", "/oidc/example/start")

    asked = parse_qs(urlsplit(page.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost/oidc/example/callback"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert "openid" in asked["scope"][0]


def test_one_comes_back_to_where_one_was(browser, configured, linked):
    assert through(browser, next="/settings/name").path == "/settings/name"
    browser.log_out()
    assert through(browser, next="//evil.kz").path.startswith("/a/")


def test_a_stranger_gets_a_clear_page_and_no_session(browser, db, configured):
    page = through(browser)

    assert page.status == 403
    assert page.h1 == "Sign in first, then link it"
    assert db.scalars(select(UserSession)).all() == []


def test_a_matching_email_links_nobody(browser, db, configured, control, alice):
    control(claims={"email": alice.user.email, "email_verified": True})

    assert through(browser).status == 403
    assert db.scalars(select(Identity)).all() == []


@pytest.mark.parametrize("fault", WRONG_TOKENS)
def test_whatever_the_provider_does_wrong_lets_nobody_in(
    browser, db, configured, control, linked, fault
):
    control(fault=fault)

    page = through(browser)

    assert page.status == 422
    assert "did not confirm who you are" in page.text
    assert db.scalars(select(UserSession)).all() == []


def test_a_provider_that_does_not_answer_is_not_waited_for(
    browser, configured, control, monkeypatch
):
    monkeypatch.setattr(oidc, "_PATIENCE", httpx.Timeout(0.5))
    control(fault="slow")

    page = browser.get("accounts.start_oidc", provider="example")

    assert page.status == 422
    assert "did not confirm who you are" in page.text


def test_another_published_issuer_is_refused(browser, app, issuer, control):
    before = app.extensions["oidc"]
    wrong = entry(issuer.replace("127.0.0.1", "localhost"))
    app.extensions["oidc"] = Partners(read_providers(json.dumps({"example": wrong})))

    page = browser.get("accounts.start_oidc", provider="example")

    app.extensions["oidc"] = before
    assert page.status == 422


def test_an_answer_works_once(browser, db, configured, linked):
    back = leave(browser)
    browser.open(back)
    browser.get("accounts.show_settings").submit(form="form[action='/sign-out']")

    page = browser.open(back)

    assert page.h1 == "Sign in"
    assert browser.get("accounts.show_settings").h1 == "Sign in"


def test_an_answer_works_only_in_the_browser_that_asked(browser, configured, linked):
    back = leave(browser)
    browser.log_out()

    assert browser.open(back).h1 == "Sign in"
    assert browser.get("accounts.show_settings").h1 == "Sign in"


def test_an_answer_for_another_provider_is_refused(browser, configured, linked):
    back = leave(browser, "example").replace("/example/", "/other/")

    assert browser.open(back).h1 == "Sign in"


def test_an_unknown_provider_is_not_found(browser, configured):
    assert browser.get("accounts.start_oidc", provider="nobody").status == 404
    assert browser.get("accounts.finish_oidc", provider="nobody").status == 404


def test_a_signed_in_person_links_and_may_enter_then(browser, db, configured, issuer, alice):
    browser.log_in(alice)

    page = through(browser, aim="link")
    assert page.h1 == "Link Example ID"
    assert "A. Akhmetova" in page.text
    assert db.scalars(select(Identity)).all() == []
    page = page.submit()

    assert "From now on" in page.text
    identity = db.scalars(select(Identity)).one()
    assert (identity.user_id, identity.issuer, identity.subject) == (alice.id, issuer, "s-1")
    browser.log_out()
    assert through(browser).path == f"/a/{alice.account_id}"
    assert "accounts.identity_linked" in db.scalars(select(AuditEvent.kind)).all()


def test_linking_asks_for_a_fresh_proof(browser, db, configured, alice):
    browser.log_in(alice)
    db.scalars(select(UserSession)).one().proven_at = clock.now().replace(year=2020)

    page = through(browser, aim="link")
    assert page.h1 == "Is it you?"
    page = page.submit(password=PASSWORD)

    assert page.h1 == "Link Example ID"


def test_what_belongs_to_another_is_not_linked(browser, db, configured, linked, bob):
    browser.log_in(bob)

    page = through(browser, aim="link").submit()

    assert page.status == 422
    assert "belongs to another person" in page.text
    assert db.scalars(select(Identity)).one().user_id == linked.user_id


def test_nobody_links_without_signing_in(browser, db, configured):
    page = through(browser, aim="link")

    assert page.h1 == "Sign in"
    assert db.scalars(select(Identity)).all() == []


def test_a_link_is_taken_away(browser, db, configured, linked, alice):
    browser.log_in(alice)

    page = browser.get("accounts.show_settings").submit(form="form[action$='/unlink']")

    assert "no longer linked" in page.text
    assert db.scalars(select(Identity)).all() == []


def test_nobody_unlinks_for_another(browser, db, configured, linked, bob):
    browser.log_in(bob)

    assert browser.post("accounts.unlink_identity", identity_id=linked.id).status == 404
    assert len(db.scalars(select(Identity)).all()) == 1


def test_the_only_way_in_is_not_taken_away(browser, db, configured, linked, alice):
    alice.user.password_hash = None
    browser.log_in(alice)

    page = browser.get("accounts.show_settings").submit(form="form[action$='/unlink']")

    assert "Set a password first" in page.text
    assert len(db.scalars(select(Identity)).all()) == 1


@pytest.mark.parametrize(
    ("groups", "role"),
    [(["desk"], "specialist"), (["x", "boss"], "supervisor"), (["x"], None), ("desk", None)],
)
def test_groups_decide_about_the_role_of_staff(
    browser, db, configured, control, linked, alice, groups, role
):
    configured(staff_groups={"desk": "specialist", "boss": "supervisor"})
    control(claims={"groups": groups})

    through(browser)

    assert db.get(User, alice.id).staff_role == role


def test_groups_of_a_provider_without_a_mapping_give_nothing(
    browser, db, configured, control, linked, alice
):
    control(claims={"groups": ["administrator"]})

    through(browser)

    assert db.get(User, alice.id).staff_role is None


def test_the_sign_in_page_offers_the_providers_by_plain_links(browser, configured):
    page = browser.get("accounts.sign_in", next="/settings")

    link = next(each for each in page.all("main a") if "Example ID" in each.text_content())
    assert link.get("href") == "/oidc/example/start?next=/settings"


@pytest.mark.parametrize(
    "raw",
    [
        "no json",
        "[]",
        '{"x": {}}',
        '{"x": {"title": "X", "issuer": "http://idp.kz", "client_id": "a", "client_secret": "b"}}',
        json.dumps({"x": entry("https://idp.kz", staff_groups={"group": "king"})}),
    ],
)
def test_a_wrong_configuration_is_told_at_the_start(raw):
    with pytest.raises(ValueError, match="OIDC_PROVIDERS"):
        read_providers(raw)
