"""The node follows commits: nothing is skipped, lost or applied twice. Real processes."""

import random
import signal
import statistics
import threading
import time
from contextlib import closing
from ipaddress import ip_address

import psycopg
import pytest
from sqlalchemy import text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import conninfo
from portal.parental.dns.node import Node
from portal.parental.dns.store import Cursor, Store
from portal.parental.policy import Policy, encode
from tests.live import wait_until
from tests.parental.resolvers import add_lease, start_node

_SAVE = text("insert into policy_log (policy_id, account_id, blob) values (:i, :a, :b)")


@pytest.fixture
def account(live):
    """Give the id of a contract that is there for all to see."""
    with live.session() as db:
        account = Account(
            id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now()
        )
        db.add(account)
        db.commit()
        return account.id


def save(db, account, policy_id, pause_until):
    db.execute(_SAVE, {"i": policy_id, "a": account, "b": encode(Policy(pause_until=pause_until))})


def pause_in(store, policy_id):
    blob = store.policy(policy_id)
    return int.from_bytes(blob[4:8], "little") if blob else None


def pause_of(folder, policy_id):
    if not (folder / "pol.mdb").exists():
        return None
    with closing(Store(folder)) as store:
        return pause_in(store, policy_id)


def settle(folder, policy_id, pause_until):
    wait_until(lambda: pause_of(folder, policy_id) == pause_until, patience=15)


@pytest.fixture
def node(live):
    """Give a node of this process, driven step by step."""
    store = Store(live.folder / "dns", is_writer=True)
    address = conninfo(live.urls["kabinet_dns"])
    with psycopg.connect(address, autocommit=True) as reads:
        node = Node(address, store, name="stepwise")
        node.prepare(reads)
        yield node, reads
    store.close()


def catch_up(node, reads):
    """Step until nothing waits any more; return how much was applied.

    What runs beside this test, in another database of the same server, may hold a step up.
    """
    steps = []

    def is_done():
        steps.append(node.step(reads))
        return not steps[-1].is_more_near and steps[-1].is_last

    wait_until(is_done)
    return sum(step.applied for step in steps)


def building_since(live):
    with live.session() as db:
        return db.scalar(text("select building_since from dns_node where name = 'stepwise'"))


def test_a_new_node_says_since_when_it_is_built_until_it_has_come_to_the_end(live, account, node):
    node, reads = node
    node.batch = 2
    with live.session() as db:
        for policy_id in range(1, 5):
            save(db, account, policy_id, 100)
        db.commit()
    began_at = building_since(live)

    wait_until(lambda: node.step(reads).applied)
    node.prepare(reads)  # It was restarted.
    assert began_at is not None
    assert building_since(live) == began_at

    catch_up(node, reads)
    wait_until(lambda: building_since(live) is None)

    with live.session() as db:  # It lags, and is not new: that is another matter.
        save(db, account, 1, 200)
        db.commit()
    node.prepare(reads)
    assert building_since(live) is None

    node.store.start_over("another")
    node.prepare(reads)
    assert building_since(live) > began_at


def test_a_late_commit_is_never_skipped(live, account, node):
    node, reads = node
    with live.session() as slow, live.session() as quick:
        save(slow, account, 1, 111)  # Takes the lower number, and commits last.
        save(quick, account, 2, 222)
        quick.commit()

        early = node.step(reads)

        assert (early.applied, early.is_more_near) == (0, True)
        assert node.store.policy(2) is None
        slow.commit()

    assert catch_up(node, reads) == 2
    assert (pause_in(node.store, 1), pause_in(node.store, 2)) == (111, 222)


def test_a_number_that_comes_late_within_one_policy_does_not_win(live, account, node):
    node, reads = node
    with live.session() as first, live.session() as second:
        second.execute(text("select pg_current_xact_id()"))  # The older transaction ...
        save(first, account, 1, 111)
        first.commit()
        save(second, account, 1, 222)  # ... saves last.
        second.commit()

    catch_up(node, reads)

    assert pause_in(node.store, 1) == 222


def test_leases_that_change_hands(live, account, node):
    node, reads = node
    with live.session() as db:
        add_lease(db, account, 1, "192.0.2.7/32")
        add_lease(db, account, 2, "2001:db8:1:2200::/56")
        db.commit()
        catch_up(node, reads)
        found = [found_by(node, address) for address in ("192.0.2.7", "2001:db8:1:22aa::1")]
        add_lease(db, account, 3, "192.0.2.7/32")
        add_lease(db, account, None, "2001:db8:1:2200::/56")
        db.commit()

    catch_up(node, reads)

    assert found == [1, 2]
    assert [found_by(node, address) for address in ("192.0.2.7", "2001:db8:1:22aa::1")] == [3, None]
    assert catch_up(node, reads) == 0


def found_by(node, address):
    return node.store.policy_id_of(ip_address(address))


def test_another_database_starts_the_store_anew(live, account, node):
    node, reads = node
    with live.session() as db:
        save(db, account, 1, 111)
        db.commit()
    catch_up(node, reads)
    node.store.start_over("another")
    node.store.apply_policies([], Cursor(2**60, 5))

    node.prepare(reads)
    catch_up(node, reads)

    assert pause_in(node.store, 1) == 111


_TOLD = text(
    "select node, policy_id, seq from policy_in_force"
    " where applied_at > now() - interval '1 minute'"
    " order by node, policy_id"
)
_NEWEST = text("select policy_id, max(seq) from policy_log group by policy_id order by policy_id")


def told(live):
    with live.session() as db:
        return [tuple(row) for row in db.execute(_TOLD)]


@pytest.fixture
def copied(live, account, node):
    """Give a node that starts from a copy of a store with five policies, and tells two at a time.

    It comes as a function: each call is the node of a new process.
    """
    node, reads = node
    with live.session() as db:
        for policy_id in (1, 2, 3, 4, 5, 1):
            save(db, account, policy_id, 111)
        db.commit()
    catch_up(node, reads)
    node.store.copy_to(live.folder / "two")
    with closing(Store(live.folder / "two", is_writer=True)) as store:
        yield lambda: Node(node.address, store, name="two", batch=2)


def test_a_new_node_tells_in_short_transactions(live, copied, node):
    _, reads = node

    copied().prepare(reads)

    told = text("select count(*) from policy_in_force where node = 'two' group by xmin order by 1")
    with live.session() as db:
        assert db.scalars(told).all() == [1, 2, 2]  # the second save of 1 came third


def test_a_save_goes_through_while_a_new_node_tells(live, account, copied, node):
    other, reads = node
    assert copied().tell(reads)
    with live.session() as db:
        save(db, account, 3, 222)
        db.commit()

    assert catch_up(other, reads) == 1
    after_a_kill = copied()
    after_a_kill.prepare(reads)

    assert [row[1] for row in told(live) if row[0] == "two"] == [1, 2, 3, 4, 5]
    assert catch_up(after_a_kill, reads) == 1
    assert pause_in(after_a_kill.store, 3) == 222


def test_a_node_that_is_stopped_tells_the_rest_later(live, copied, node):
    _, reads = node
    stopped = copied()
    stopped.stop()

    stopped.prepare(reads)

    assert [row[1] for row in told(live) if row[0] == "two"] == [1, 2]
    copied().prepare(reads)
    assert [row[1] for row in told(live) if row[0] == "two"] == [1, 2, 3, 4, 5]


def test_saves_reach_two_nodes_and_both_tell(live, account):
    names = ("one", "two")
    for name in names:
        start_node(live, live.folder / name, name)
    with live.session() as db:
        save(db, account, 1, 111)
        db.commit()

    for name in names:
        settle(live.folder / name, 1, 111)
    wait_until(lambda: told(live) == [("one", 1, 1), ("two", 1, 1)])


def test_the_way_from_save_to_files_is_short(live, account):
    start_node(live, live.folder / "dns")
    lengths = []
    with live.session() as db:
        save(db, account, 1, 1)
        db.commit()
        settle(live.folder / "dns", 1, 1)
        with closing(Store(live.folder / "dns")) as store:
            for number in range(2, 32):
                save(db, account, 1, number)
                started = time.perf_counter()
                db.commit()
                wait_until(lambda: pause_in(store, 1) == number)  # noqa: B023 - asked at once
                lengths.append(time.perf_counter() - started)

    assert statistics.median(lengths) < 1


def write_saves(live, account, last):
    chance = random.Random(7)  # noqa: S311 - a test that can be repeated
    with live.session() as db:
        for number in range(1, 1200):
            policy_id = chance.randrange(1, 20)
            save(db, account, policy_id, number)
            last[policy_id] = number
            if number % 3 == 0:
                db.commit()
                time.sleep(0.015)
        db.commit()


@pytest.mark.long
def test_a_node_killed_at_any_moment_loses_and_repeats_nothing(live, account):
    folder, last, kills = live.folder / "dns", {}, 0
    writer = threading.Thread(target=write_saves, args=(live, account, last))
    writer.start()
    while writer.is_alive():
        process = start_node(live, folder)
        time.sleep(1.0 + random.random())  # noqa: S311 - any moment
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1

    start_node(live, folder)

    assert kills > 1
    for policy_id, number in last.items():
        settle(folder, policy_id, number)
    with live.session() as db:
        newest = [("node-1", *row) for row in db.execute(_NEWEST)]
    wait_until(lambda: told(live) == newest)


def test_a_node_ends_in_peace_and_waits_for_its_database(live, account):
    process = start_node(live, live.folder / "dns")
    wait_until(lambda: "dns.node_follows" in live.logs())
    wait_until(lambda: _is_told(live))
    with live.engine("admin").connect() as admin:
        admin.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where usename = :u"),
            {"u": "kabinet_dns"},
        )
    with live.session() as db:
        save(db, account, 1, 5)
        db.commit()
    settle(live.folder / "dns", 1, 5)

    process.terminate()

    assert process.wait(5) == 0
    assert "Traceback" not in live.logs()


def _is_told(live):
    with live.session() as db:
        return db.scalar(text("select count(*) from dns_node"))
