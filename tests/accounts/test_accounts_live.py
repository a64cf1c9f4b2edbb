"""What only real commits and several processes can show."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from uuid import UUID

import httpx
import pytest
from lxml import html
from sqlalchemy import func, select, text

from portal.accounts import actions
from portal.accounts.models import Membership, OneTimeSecret, User, UserSession
from portal.accounts.passwords import is_password
from portal.core import clock
from portal.core.db import transaction
from portal.core.mail import OutgoingMail
from tests.accounts.conftest import PASSWORD, Stranger, hash_of
from tests.cast import make_account, make_cast
from tests.live import free_port, wait_until

NEW = "тот же самовар у окна"


@pytest.fixture
def world(live):
    """Commit the cast, with passwords; return the owner's session and the cast."""
    with live.session() as db:
        people = make_cast(db)
        for person in people.values():
            person.user.password_hash = hash_of(PASSWORD)
        db.commit()
        yield db, people


@pytest.fixture
def post(live, world):
    """Return what does the waiting jobs of accounts as the worker, and gives the letters."""
    db, _ = world
    worker = live.app("kabinet_worker")

    done = set()

    def run():
        waiting = [job for job in db.execute(_JOBS).all() if job.id not in done]
        done.update(job.id for job in waiting)
        db.commit()
        for job in waiting:
            with worker.app_context(), transaction():
                _WORK[job.task_name](UUID(job.args["secret_id"]))
        letters = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        db.commit()
        return letters

    return run


_JOBS = text(
    "select id, task_name, args from jobs.procrastinate_jobs"
    " where task_name like 'portal.accounts.%'"
)


_WORK = {
    "portal.accounts.jobs.send_join_code": actions.send_join_code,
    "portal.accounts.jobs.send_reset_link": actions.send_reset_link,
}


def at_once(*works):
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def ask(browser, number, email):
    return browser.get("accounts.join").submit(contract=number, email=email)


def code_of(letter):
    return re.search(r"\b\d{6}\b", letter.subject).group()


def test_five_wrong_passwords_at_two_processes_refuse_the_sixth(live, world):
    addresses = [live.start_web(), live.start_web()]

    def knock(address, password):
        with httpx.Client(base_url=address, headers={"Accept-Language": "en"}) as client:
            page = html.document_fromstring(client.get("/sign-in").text)
            form = next(each for each in page.forms if each.action and "/sign-in" in each.action)
            data = dict(form.form_values()) | {"login": "alice@example.kz", "password": password}
            return client.post("/sign-in", data=data)

    first = at_once(*(lambda n=n: knock(addresses[n % 2], "wrong") for n in range(5)))
    sixth = [knock(address, PASSWORD) for address in addresses]

    assert [answer.status_code for answer in first] == [422] * 5
    assert [answer.status_code for answer in sixth] == [429, 429]
    assert all(0 < int(answer.headers["Retry-After"]) <= 900 for answer in sixth)


def test_a_failure_is_written_down_though_the_request_fails(live, world):
    db, people = world
    browser = Stranger(live.app(), db)

    browser.get("accounts.sign_in").submit(login="alice@example.kz", password="wrong")

    kinds = db.execute(text("select kind, user_id from audit_event")).all()
    assert kinds == [("accounts.sign_in_failed", people["alice"].id)]


def test_guessing_the_present_password_is_throttled(live, world):
    db, people = world
    browser = Stranger(live.app(), db)
    browser.log_in(people["alice"])
    for _ in range(5):
        assert browser.get("accounts.confirm").submit(password="wrong").status == 422

    assert browser.get("accounts.confirm").submit(password=PASSWORD).status == 429


def test_who_uses_it_stays_and_seen_at_moves_once_a_minute(live, world, noon):
    db, people = world
    clock.freeze(noon)
    browser = Stranger(live.app(), db)
    browser.log_in(people["alice"])
    seen = []
    for seconds in (30, 61, 90, 125):
        clock.freeze(noon + timedelta(seconds=seconds))
        browser.get("accounts.show_settings")
        seen.append((db.scalars(select(UserSession.seen_at)).one() - noon).seconds)

    assert seen == [0, 61, 61, 125]


def test_a_code_is_tried_five_times(live, world, post):
    db, _ = world
    make_account(db, "712039999", email="newcomer@example.kz")
    db.commit()
    browser = Stranger(live.app(), db)
    page = ask(browser, "712039999", "newcomer@example.kz")
    code = code_of(post()[0])
    for number in range(5):
        wrong = f"{(int(code) + 1 + number) % 1_000_000:06d}"
        assert "not right" in page.submit(code=wrong).text

    assert "Ask for another one" in page.submit(code=code).text


def test_tries_at_once_are_all_counted(live, world, post):
    db, _ = world
    make_account(db, "712039999", email="newcomer@example.kz")
    db.commit()
    app = live.app()
    browser = Stranger(app, db)
    ask(browser, "712039999", "newcomer@example.kz")
    post()
    with browser.client.session_transaction() as cookie:
        token = cookie["join"]

    def guess(number):
        with app.test_request_context():
            try:
                actions.check_code(token, code=f"{number:06d}")
            except Exception as error:  # noqa: BLE001 - every refusal is looked at
                return type(error).__name__
            return "in"

    at_once(*(lambda n=n: guess(n) for n in range(12)))

    assert db.scalars(select(OneTimeSecret.tries)).one() == 5


def test_two_who_join_one_contract_at_once_leave_one_holder(live, world, post):
    db, people = world
    account = make_account(db, "712039999", email="shared@example.kz")
    db.commit()
    app = live.app()
    presses = []
    for name in ("alice", "bob"):
        browser = Stranger(app, db)
        browser.log_in(people[name])
        page = ask(browser, "712039999", "shared@example.kz")
        data = dict(page.form().form_values()) | {"code": code_of(post()[-1])}
        presses.append(lambda b=browser, d=data: b.client.post("/join/code", data=d))

    answers = at_once(*presses)

    held = db.scalars(select(Membership).where(Membership.account_id == account.id)).all()
    assert [each.role for each in held] == ["holder"]
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert any("Somebody has joined this contract already" in each.text for each in answers)


def test_one_newcomer_who_finishes_twice_at_once_is_one_person(live, world, post):
    db, _ = world
    account = make_account(db, "712039999", email="newcomer@example.kz")
    db.commit()
    app = live.app()
    browser = Stranger(app, db)
    page = ask(browser, "712039999", "newcomer@example.kz")
    page.submit(code=code_of(post()[0]))
    with browser.client.session_transaction() as cookie:
        token = cookie["join"]

    def finish():
        with live.session() as own:
            other = Stranger(app, own)
            with other.client.session_transaction() as cookie:
                cookie["join"] = token
            return other.get("accounts.finish_joining").submit(name="A", password=NEW).status

    statuses = at_once(finish, finish)

    db.rollback()
    assert db.scalar(select(func.count()).where(User.email == "newcomer@example.kz")) == 1
    assert db.scalar(select(func.count()).where(Membership.account_id == account.id)) == 1
    assert sorted(statuses) == [200, 422]


def test_a_link_that_is_used_twice_at_once_sets_one_password(live, world, post):
    db, people = world
    app = live.app()
    browser = Stranger(app, db)
    browser.get("accounts.forgotten_password").submit(login="alice@example.kz")
    link = "/" + post()[0].url.split("/", 3)[3]
    passwords = [NEW, "green kettle near the window"]

    def use(password):
        with live.session() as own:
            return Stranger(app, own).open(link).submit(password=password).status

    statuses = at_once(*(lambda p=p: use(p) for p in passwords))

    db.rollback()
    hashed = db.get(User, people["alice"].id, populate_existing=True).password_hash
    assert sorted(statuses) == [200, 422]
    assert sum(is_password(password, hashed) for password in passwords) == 1


def test_a_form_sent_twice_at_once_joins_once(live, world, post):
    db, people = world
    account = make_account(db, "712039999", email="shared@example.kz")
    db.commit()
    app = live.app()
    browser = Stranger(app, db)
    browser.log_in(people["alice"])
    page = ask(browser, "712039999", "shared@example.kz")
    code = code_of(post()[0])
    data = dict(page.form().form_values()) | {"code": code}
    with browser.client.session_transaction() as cookie:
        carried = dict(cookie)

    def press():
        other = Stranger(app, db)
        with other.client.session_transaction() as cookie:
            cookie.update(carried)
        return other.client.post("/join/code", data=data)

    answers = at_once(press, press)

    assert [answer.status_code // 100 for answer in answers] == [3, 3]
    assert {answer.location for answer in answers} == {f"/a/{account.id}"}


def test_the_code_arrives_by_mail_and_lets_a_newcomer_in(live, world):
    db, _ = world
    account = make_account(db, "712039999", email="newcomer@example.kz")
    db.commit()
    smtp = f"smtp://127.0.0.1:{free_port()}"
    live.settings["SMTP_URL"] = smtp
    live.start("portal.laptop.mail_sink")
    live.start_worker()
    browser = Stranger(live.app(), db)
    page = ask(browser, "712039999", "newcomer@example.kz")

    letter = wait_until(lambda: next((live.folder / "mail").rglob("*.eml"), None))
    message = message_from_bytes(letter.read_bytes(), policy=SMTP)
    page = page.submit(code=re.search(r"[0-9]{6}", message["Subject"]).group())

    assert message["To"] == "newcomer@example.kz"
    assert page.submit(name="A", password=NEW).path == f"/a/{account.id}"


def test_what_is_over_goes_by_night(live, world):
    db, people = world
    browser = Stranger(live.app(), db)
    browser.log_in(people["alice"])
    ask(browser, "1", "a@example.kz")
    worker = live.app("kabinet_worker")
    counts = []

    for days in (0, 2, 91):
        clock.freeze(datetime.now(UTC) + timedelta(days=days))
        with worker.app_context(), transaction():
            actions.tidy_sessions()
        counts.append((rows(db, OneTimeSecret), rows(db, UserSession)))

    assert counts == [(1, 1), (0, 1), (0, 0)]


def rows(db, model):
    count = db.scalar(select(func.count()).select_from(model))
    db.commit()
    return count
