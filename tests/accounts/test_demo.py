import pytest
from sqlalchemy import func, select

from portal.accounts import demo, passwords
from portal.accounts.demo_people import PEOPLE, UNJOINED_EMAIL
from portal.accounts.models import Account, Membership, User
from portal.accounts.weakness import weakness
from portal.core.db import transaction
from tests.conftest import _sessions


@pytest.fixture
def loaded(app, db):
    """Load the people as the owner, in a database without the cast."""
    web = app.extensions["db_session_factory"]
    app.extensions["db_session_factory"] = _sessions(db.info["outer"], "kabinet_owner")
    with app.app_context(), transaction():
        cast = demo.load()
    app.extensions["db_session_factory"] = web
    return cast


def test_everybody_in_the_table_signs_in(browser, loaded):
    for _name, email, password, _what in PEOPLE[:-1]:
        page = browser.get("accounts.sign_in").submit(login=email, password=password)
        assert page.path != "/sign-in", email
        browser.log_out()


def test_the_family_is_there(db, loaded):
    held = db.execute(
        select(Membership.role, Account.number)
        .join(Account)
        .where(Membership.user_id == loaded.aigerim.id)
    ).all()

    assert sorted(map(tuple, held)) == [("holder", "712034456"), ("manager", "711870092")]
    assert db.scalar(select(func.count()).select_from(User)) == len(PEOPLE) - 1


def test_a_contract_waits_for_somebody_to_join_it(browser, loaded, letters):
    page = browser.get("accounts.join").submit(contract=demo.UNJOINED_NUMBER, email=UNJOINED_EMAIL)

    code = letters()[0].subject.rpartition(" ")[2]
    assert page.submit(code=code).h1 == "The contract is yours"


def test_the_password_of_the_demo_follows_the_rules():
    for name, email, password, _what in PEOPLE[:-1]:
        assert weakness(password, personal=[name, email, "Kazakhtelecom"]) is None


def test_the_demo_stays_out_of_production(app, db, monkeypatch):
    class Real:
        debug = False

    monkeypatch.setitem(app.config, "SETTINGS", Real())

    with app.app_context(), pytest.raises(RuntimeError, match="DEBUG"):
        demo.load()


def test_a_real_host_makes_its_staff_by_a_command(app, db):
    given = ["accounts", "create-staff", "--name", "Dora", "--email", "Dora@op.kz"]
    given += ["--role", "specialist", "--password"]
    run = app.test_cli_runner().invoke

    weak = run(args=[*given, "Dora Dora Dora 1"])
    made, again = (run(args=[*given, "green kettle on the old stove"]) for _ in range(2))

    assert (weak.exit_code, made.exit_code, again.exit_code) == (1, 0, 1)
    user = db.scalars(select(User)).one()
    assert (user.email, user.staff_role) == ("dora@op.kz", "specialist")
    assert passwords.is_password("green kettle on the old stove", user.password_hash)
