"""The node follows commits: nothing is skipped, lost or applied twice. Real processes."""

import random
import signal
import statistics
import threading
import time
from contextlib import closing
from ipaddress import ip_address

import pytest
from sqlalchemy import text

from portal.parental.dns.store import Cursor, Store
from tests.live import wait_until
from tests.parental.nodes.stepping import catch_up, pause_in, save, settle, told
from tests.parental.resolvers import add_lease, start_node

_NEWEST = text("select policy_id, max(seq) from policy_log group by policy_id order by policy_id")


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
