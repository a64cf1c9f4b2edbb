"""From a parent's press to a device's question: web, node and embedded server as processes."""

import io
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from lxml import html
from sqlalchemy import select

from portal.accounts.models import UserSession
from portal.core import clock, ids
from portal.core.db import digest
from portal.parental.comparison import compare
from portal.parental.lists import read_list, text_of
from portal.parental.models import Profile
from portal.parental.sites import Action
from tests import databases
from tests.cast import make_cast
from tests.live import Live, wait_until
from tests.parental.factories import make_profile
from tests.parental.real_lists import real_list
from tests.parental.resolvers import OPEN, Resolver, add_lease, start_node, start_upstream

WITHIN = 1.0  # seconds from Save to the device; Source: the goal of Save


class Parent:
    """A parent's browser, over real HTTP."""

    def __init__(self, address, account_id, client):
        self.home = f"{address}/a/{account_id}/parental-control"
        self.client = client

    def open(self, path=""):
        answer = self.client.get(self.home + path)
        assert answer.status_code == 200, answer.status_code
        return html.document_fromstring(answer.text, base_url=str(answer.url))

    def press(self, page, where, files=None, **fields):
        """Send the form whose address ends in `where`; return the answer."""
        form = next(each for each in page.forms if re.search(where + "$", each.action or ""))
        data = dict(form.form_values()) | fields
        target = httpx.URL(page.base_url).join(form.action)
        return self.client.post(target, data=data, files=files)


@pytest.fixture(scope="module")
def live(admin_url, template_database, tmp_path_factory):
    """Give the live harness, once for the module: five processes take a while to start."""
    with databases.copy_of(admin_url, template_database) as urls:
        running = Live(urls, tmp_path_factory.mktemp("live"))
        yield running
        running.end()


@pytest.fixture(scope="module")
def world(live):
    """Give a home with parental control: its parent's browser and its resolver."""
    with live.session() as db:
        alice = make_cast(db)["alice"]
        profile = make_profile(db, alice.account)
        add_lease(db, alice.account_id, profile.policy_id)
        token = _sign_in(db, alice)
        db.commit()
        account_id = alice.account_id
    resolver = Resolver(live, live.folder / "dns", DNS_UPSTREAM=start_upstream(live))
    start_node(live, live.folder / "dns", asked_at=f"127.0.0.1:{resolver.port}")
    address = live.start_web()
    cookies = httpx.Cookies()  # Python's jar calls the host of http://localhost "localhost.local".
    cookies.set("kabinet-sid", _cookie(live, token), domain="localhost.local")
    with httpx.Client(cookies=cookies, follow_redirects=True, timeout=30) as client:
        yield Parent(address, account_id, client), resolver


def _sign_in(db, person):
    now = clock.now()
    device = {"device": "Test", "means": "password", "created_at": now, "seen_at": now}
    db.add(
        UserSession(
            id=ids.uuid7(), user_id=person.id, token_hash=digest("t"), proven_at=now, **device
        )
    )
    return "t"


def _cookie(live, token):
    app = live.app()
    signer = app.session_interface.get_signing_serializer(app)
    return signer.dumps({"_user_id": token, "_fresh": True})


def seconds_until(happened):
    started = time.perf_counter()
    wait_until(happened, patience=10)
    return time.perf_counter() - started


def test_a_parent_blocks_a_site_and_the_devices_follow_within_a_second(world):
    parent, resolver = world
    assert resolver.address("casino.com") == OPEN["A"]
    lengths = []

    for number in range(5):
        site = f"casino-{number}.com"
        page = parent.open()
        parent.press(page, "/sites/add", site=site)
        lengths.append(seconds_until(lambda: resolver.is_closed("www." + site)))  # noqa: B023

    assert sorted(lengths)[2] < WITHIN, lengths
    assert resolver.address("casino.com") == OPEN["A"]
    proof = wait_until(lambda: "In force on 1 of 1" in parent.open().text_content())
    assert proof


def test_a_server_that_does_not_answer_is_not_in_force(world):
    parent, resolver = world
    resolver.process.send_signal(signal.SIGSTOP)
    try:
        parent.press(parent.open(), "/sites/add", site="stopped.kz")
        silent = wait_until(lambda: "node-1: does not answer" in parent.open().text_content())
        assert silent
        assert "Reaches the servers: 0 of 1" in parent.open().text_content()
    finally:
        resolver.process.send_signal(signal.SIGCONT)

    assert wait_until(lambda: "In force on 1 of 1" in parent.open().text_content())
    assert "node-1: in force since" in parent.open().text_content()


def test_a_pause_closes_all_and_opens_again(world):
    parent, resolver = world

    parent.press(parent.open(), "/pause", hours="1")
    assert seconds_until(lambda: resolver.is_closed("kundelik.kz")) < 5

    parent.press(parent.open(), "/resume")
    assert seconds_until(lambda: not resolver.is_closed("kundelik.kz")) < 5


@pytest.mark.parametrize(
    ("name", "blocked"),
    [
        ("sinfonietta_gambling-hosts", ["1xbet.com", "www.1xbet.com", "x.y.10bet.com"]),
        ("tiktok.txt", ["zttvw.v.bsgslb.com", "zttvu.v.bsgslb.com", "0pbxmo.xzcs3zlph.com"]),
    ],
)
def test_a_real_list_is_imported_and_enforced(world, live, name, blocked):
    parent, resolver = world
    content = real_list(name)
    parent.press(parent.open(), "/sites/add", site="allowed.1xbet.com", action="allow")
    page = parent.open(f"/profiles/{_profile_id(live)}/import")

    upload = {"file": (name, io.BytesIO(content), "text/plain")}
    preview = parent.press(page, "/import", files=upload)
    shown = html.document_fromstring(preview.text, base_url=str(preview.url))
    agree = next(each for each in shown.forms if each.action is None)
    saved = parent.client.post(preview.url, data=dict(agree.form_values()))
    length = seconds_until(lambda: resolver.is_closed(blocked[0]))

    assert saved.status_code == 200
    assert length < WITHIN
    for closed in blocked:
        assert resolver.is_closed(closed), closed
    for opened in ("allowed.1xbet.com", "not1xbet.com", "1xbet.com.kz", "kundelik.kz"):
        assert not resolver.is_closed(opened), opened
    _ask_every_name(resolver, content)


def _profile_id(live):
    with live.session() as db:
        return db.scalars(select(Profile.id)).one()


def _ask_every_name(resolver, content):
    """Every tenth name of the list is closed, covered ones too; what stands beside it is not."""
    entries = read_list(text_of(content), action=Action.BLOCK).entries
    kept = {entry.name for entry in compare(entries, []).added}
    for entry in entries[::10]:
        assert resolver.is_closed(entry.name), entry
        assert resolver.is_closed("sub." + entry.name), entry
    for name in sorted(kept)[::50]:
        assert not resolver.is_closed("beside" + name), name


def test_two_parents_at_once_lose_nothing(world):
    """Two saves at the same moment: the later policy holds both."""
    parent, resolver = world
    pages = [parent.open() for _ in range(6)]

    with ThreadPoolExecutor(6) as many:
        answers = list(
            many.map(
                lambda each: parent.press(each[1], "/sites/add", site=f"s{each[0]}.kz"),
                enumerate(pages),
            )
        )

    assert [answer.status_code for answer in answers] == [200] * 6
    for number in range(6):
        wait_until(lambda: resolver.is_closed(f"s{number}.kz"), patience=5)  # noqa: B023
