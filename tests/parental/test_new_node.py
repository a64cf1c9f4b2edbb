"""A new resolver host starts from another one's copy; kills at any moment lose nothing."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from ipaddress import ip_address

import pytest
from sqlalchemy import text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import conninfo
from portal.parental.dns.store import Store
from portal.parental.dns.tokens import new_token
from portal.parental.policy import Policy, encode
from tests.databases import ROOT
from tests.live import wait_until
from tests.parental.factories import make_profile
from tests.parental.resolvers import add_lease, start_node

_SAVE = text("insert into policy_log (policy_id, account_id, blob) values (:i, :a, :b)")
_NEWEST = text(
    "select distinct on (policy_id) policy_id, blob, seq from policy_log"
    " order by policy_id, seq desc"
)
_LEASES = text("select host(prefix), policy_id from lease")
_TOKENS = text("select token, case when revoked_at is null then policy_id end from parental_device")
_TRIM = text(
    "delete from policy_log o using policy_log n where n.policy_id = o.policy_id and n.seq > o.seq"
)


@pytest.fixture
def profile(live):
    with live.session() as db:
        account = Account(
            id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now()
        )
        db.add(account)
        made = make_profile(db, account)
        db.commit()
        return made


def save(db, profile, policy_id, number):
    blob = encode(Policy(pause_until=number)) if number % 7 else b""
    db.execute(_SAVE, {"i": policy_id, "a": profile.account_id, "b": blob})


def differences(live, folder):
    """Return in what the store and the database differ."""
    with live.session() as db, closing(Store(folder)) as store:
        wrong = [
            ("policy", policy_id)
            for policy_id, blob, seq in db.execute(_NEWEST)
            if (store.policy(policy_id) or b"", store.kept_save(policy_id)[0]) != (bytes(blob), seq)
        ]
        wrong += [
            ("lease", address)
            for address, policy_id in db.execute(_LEASES)
            if store.policy_id_of(ip_address(address)) != policy_id
        ]
        wrong += [
            ("token", token)
            for token, policy_id in db.execute(_TOKENS)
            if store.policy_id_of_token(token.encode()) != policy_id
        ]
    return wrong


def copy(live, source, target):
    return live.start(
        "flask", "dns", "copy", "--to", str(target), role="kabinet_dns", DNS_DATA_DIR=str(source)
    )


@pytest.mark.long
def test_a_new_host_starts_from_a_copy_and_replays_what_came_since(live, profile):
    one, two = live.folder / "one", live.folder / "two"
    start_node(live, one, "one")
    with live.session() as db:
        for number in range(1, 200):
            save(db, profile, number % 50 + 1, number)
        add_lease(db, profile.account_id, 5, "192.0.2.5/32")
        db.commit()
        wait_until(lambda: (one / "pol.mdb").exists() and not differences(live, one))

        assert copy(live, one, two).wait(60) == 0
        for number in range(300, 400):
            save(db, profile, number % 70 + 1, number)
        add_lease(db, profile.account_id, 6, "192.0.2.5/32")
        db.commit()
        db.execute(_TRIM)  # as each night: the newest row of each policy stays
        db.commit()
        start_node(live, two, "two")

        for folder in (one, two):
            wait_until(lambda: not differences(live, folder))  # noqa: B023 - asked at once
    assert live.logs().count("dns.node_starts_over") == 1

    again = copy(live, one, two)
    assert again.wait(60) == 1
    assert "holds a store already" in live.logs()


NODE = """
import sys
from pathlib import Path
from portal.parental.dns.node import Node
from portal.parental.dns.store import Store
Node(sys.argv[1], Store(Path(sys.argv[2]), is_writer=True), name=sys.argv[3]).run()
"""


class Killed:
    """A node that is started and killed at random moments until it is let live."""

    def __init__(self, live, folder, name, seed):
        self.command = [sys.executable, "-c", NODE, conninfo(live.urls["kabinet_dns"])]
        self.command += [str(folder), name]
        self.chance, self.kills = random.Random(seed), 0  # noqa: S311 - a test that is repeated
        self.may_end = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.may_end.is_set():
            process = subprocess.Popen(self.command, cwd=ROOT, env=os.environ)
            time.sleep(0.5 + self.chance.random())
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.kills += 1
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=os.environ)

    def let_live(self):
        self.may_end.set()
        self.thread.join()
        return self.process


_DEVICE = text(
    "insert into parental_device (id, account_id, profile_id, policy_id, name, token, created_at)"
    " values (gen_random_uuid(), :a, :p, :i, :t, :t, now())"
)
_REVOKE = text("update parental_device set revoked_at = now() where token = :t")


class Household:
    """Saves, moves and names devices, in transactions that overlap; `committed` counts them."""

    def __init__(self, live, profile, chance):
        self.profile, self.chance = profile, chance
        self.sessions = [live.session() for _ in range(3)]
        self.committed, self.tokens = 0, []

    def live_for(self, seconds):
        ends = time.monotonic() + seconds
        acts = [self._save] * 7 + [self._move, self._name, self._revoke]
        while time.monotonic() < ends:
            db = self.chance.choice(self.sessions)
            self.chance.choice(acts)(db)
            if self.chance.random() < 0.5:
                db.commit()
                self.committed += 1
            time.sleep(0.004)
        for db in self.sessions:
            db.commit()
            db.close()

    def _save(self, db):
        save(db, self.profile, self.chance.randrange(1, 40), self.chance.randrange(1, 1 << 30))

    def _move(self, db):
        db.commit()  # Two transactions that wait for one address would wait for each other.
        prefix = f"192.0.2.{self.chance.randrange(1, 20)}/32"
        add_lease(db, self.profile.account_id, self.chance.choice([None, 1, 2, 3]), prefix)
        db.commit()

    def _name(self, db):
        token = new_token()
        values = {"a": self.profile.account_id, "p": self.profile.id, "i": 5, "t": token}
        db.execute(_DEVICE, values)
        db.commit()
        self.tokens.append(token)

    def _revoke(self, db):
        if self.tokens:
            db.execute(_REVOKE, {"t": self.tokens.pop()})
            db.commit()


@pytest.mark.long
def test_two_nodes_killed_dozens_of_times_lose_and_repeat_nothing(live, profile):
    seed = time.time_ns()
    folders = {name: live.folder / name for name in ("one", "two")}
    killed = [Killed(live, folder, name, f"{seed}{name}") for name, folder in folders.items()]
    try:
        chance = random.Random(seed)  # noqa: S311 - a test that is repeated
        household = Household(live, profile, chance)
        household.live_for(seconds=40)
    finally:
        running = [each.let_live() for each in killed]
    try:
        for folder in folders.values():
            wait_until(lambda: not differences(live, folder), patience=60)  # noqa: B023
        _tell_the_same(live)
    finally:
        for process in running:
            process.kill()
            process.wait()

    assert household.committed > 500, seed
    assert sum(each.kills for each in killed) >= 40, seed


def _tell_the_same(live):
    """Both nodes have told the newest save of each policy, once."""
    told = text(
        "select count(*), count(distinct (node, policy_id)) from policy_in_force f where seq ="
        " (select max(seq) from policy_log l where l.policy_id = f.policy_id)"
    )
    policies = text("select count(distinct policy_id) from policy_log")
    with live.session() as db:
        count = db.scalar(policies)
        wait_until(lambda: tuple(db.execute(told).one()) == (2 * count, 2 * count), patience=30)
