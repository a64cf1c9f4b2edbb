"""From the access server to the answer of dnsdist: Debian's freeradius, end to end."""

import threading
import time

import pytest
from sqlalchemy import select, text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import transaction
from portal.parental import actions
from portal.parental.models import lease
from portal.parental.policy import OwnRule, Policy, encode
from portal.parental.sites import Action
from tests.live import wait_until
from tests.parental.dnsdist import ResolverHost
from tests.parental.factories import make_profile
from tests.parental.radius import Radius
from tests.parental.resolvers import BLOCKED, OPEN, start_node
from tests.parental.test_accounting import body

pytestmark = pytest.mark.long

TOKEN = "a-token-of-the-tests-that-is-long-enough"
ADDRESS = "127.6.6.6"
PATH = "/api/network/accounting"
MINE, THEIRS = "712000001", "712000002"
SAVE = text("insert into policy_log (policy_id, account_id, blob) values (:i, :a, :b)")


def add_home(db, number, site):
    """Add a contract whose home has closed one site."""
    account = Account(id=ids.uuid7(), number=number, holder_name="A", opened_at=clock.now())
    db.add(account)
    db.flush()
    profile = make_profile(db, account)
    blob = encode(Policy(rules=(OwnRule(site, Action.BLOCK),)))
    db.execute(SAVE, {"i": profile.policy_id, "a": account.id, "b": blob})
    return profile.policy_id


@pytest.fixture
def homes(live):
    with live.session() as db:
        made = {MINE: add_home(db, MINE, "mine.kz"), THEIRS: add_home(db, THEIRS, "theirs.kz")}
        db.commit()
        return made


@pytest.fixture
def resolver(live, homes):
    host = ResolverHost(live.folder)
    start_node(live, live.folder / "dns")
    try:
        host.start()
        yield host
    finally:
        host.end()


@pytest.fixture
def radius(live):
    address = live.start_web(RADIUS_TOKENS=TOKEN).replace("localhost", "127.0.0.1")
    server = Radius(live.folder / "radius", address, TOKEN)
    yield server
    server.end()


def closed_at(resolver):
    """Return which of the two homes' lists is in force behind ADDRESS."""
    sites = {"mine.kz", "theirs.kz"}
    return {site for site in sites if resolver.address(site, home=ADDRESS) == BLOCKED["A"]}


def becomes(resolver, *sites):
    return wait_until(lambda: closed_at(resolver) == set(sites), patience=5)


@pytest.fixture
def packet(radius):
    """Return a function that tells of a session on ADDRESS; it fails without an answer."""

    def tell(kind, number, session, **more):
        assert radius.tell(
            kind, User_Name=number, Acct_Session_Id=session, Framed_IP_Address=ADDRESS, **more
        )

    return tell


def test_an_address_has_the_filter_of_whoever_is_behind_it(resolver, packet):
    assert closed_at(resolver) == set()
    packet("Start", f"{MINE}@telecom", "s1")
    becomes(resolver, "mine.kz")

    time.sleep(1.1)  # RADIUS tells seconds.
    packet("Stop", MINE, "s1", Acct_Session_Time=1)
    becomes(resolver)
    packet("Start", THEIRS, "s2")
    becomes(resolver, "theirs.kz")

    packet("Interim-Update", MINE, "s1", Acct_Session_Time=1, Acct_Delay_Time=30)
    packet("Stop", MINE, "s1", Acct_Session_Time=2, Acct_Delay_Time=1)
    packet("Start", THEIRS, "s2")
    time.sleep(0.8)
    assert closed_at(resolver) == {"theirs.kz"}


def test_a_lost_end_does_not_leave_the_old_filter(resolver, radius, packet):
    packet("Start", THEIRS, "s2")
    becomes(resolver, "theirs.kz")

    time.sleep(1.1)
    packet("Start", MINE, "s3")
    becomes(resolver, "mine.kz")
    assert radius.tell("Accounting-On")
    becomes(resolver)
    assert resolver.address("mine.kz", home=ADDRESS) == OPEN["A"]


def test_while_the_portal_is_away_the_server_gets_no_answer(live, homes):
    server = Radius(live.folder / "radius", "http://127.0.0.1:9", TOKEN)
    try:
        told = {"User_Name": MINE, "Acct_Session_Id": "s", "Framed_IP_Address": ADDRESS}
        assert not server.tell("Start", **told)
    finally:
        server.end()


def test_only_who_knows_the_token_and_is_near_is_heard(live, homes):
    def post(app, *, token=TOKEN, address="127.0.0.1", data=None):
        return app.test_client().post(
            PATH,
            data=body(User_Name=MINE) if data is None else data,
            headers={"Authorization": f"Bearer {token}"},
            environ_base={"REMOTE_ADDR": address},
        ).status_code  # fmt: skip

    app = live.app(RADIUS_TOKENS=f"{'x' * 40},{TOKEN}")
    assert post(live.app()) == 404
    assert post(app, token="") == 401
    assert post(app, token=TOKEN + "é") == 401
    assert post(app, address="192.0.2.7") == 401
    assert post(app, data=b"{") == 400
    with live.session() as db:
        assert db.scalars(select(lease.c.prefix)).all() == []

    assert post(app) == 204
    assert post(app) == 204
    with live.session() as db:
        assert db.execute(select(lease.c.policy_id, lease.c.session)).all() == [
            (homes[MINE], "bras1/s1")
        ]


def test_many_packets_at_once_end_as_in_order(live, homes):
    app, now = live.app(RADIUS_TOKENS=TOKEN), int(time.time())
    told = [("a", MINE, now - 90, 0), ("a", MINE, now - 60, 30), ("b", THEIRS, now - 50, 0)]
    told += [("a", MINE, now - 40, 50), ("b", THEIRS, now - 20, 30)] * 2
    answers = []

    def post(session, number, at, lasted):
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Event-Time": str(at)}
        data = body(User_Name=number, Acct_Session_Id=session, Acct_Session_Time=lasted)
        answers.append(app.test_client().post(PATH, data=data, headers=headers).status_code)

    threads = [threading.Thread(target=post, args=packet) for packet in told * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert answers == [204] * len(threads)
    with live.session() as db:
        assert db.scalars(select(lease.c.policy_id)).all() == [homes[THEIRS]]


def test_an_option_that_begins_with_the_session_is_not_missed(live):
    with live.session() as db:
        account = Account(id=ids.uuid7(), number=MINE, holder_name="A", opened_at=clock.now())
        db.add(account)
        db.commit()
    app, worker = live.app(RADIUS_TOKENS=TOKEN), live.app("kabinet_worker")
    headers = {"Authorization": f"Bearer {TOKEN}"}

    with worker.app_context(), transaction():
        profile = actions.start_enforcement(account.id)
        policy_id = profile.policy_id
        packet = threading.Thread(
            target=lambda: app.test_client().post(PATH, data=body(User_Name=MINE), headers=headers)
        )
        packet.start()
        packet.join(0.5)
        assert packet.is_alive()
    packet.join(5)

    with live.session() as db:
        assert db.scalars(select(lease.c.policy_id)).all() == [policy_id]
