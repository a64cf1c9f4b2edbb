"""What was closed is counted by category and day; names are kept only where a parent wants it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from ipaddress import ip_address

import pytest
from sqlalchemy import select, text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import conninfo
from portal.parental.counts import actions
from portal.parental.counts.models import (
    parental_blocked_name,
    parental_count,
    parental_counting,
)
from portal.parental.dns import closings
from portal.parental.dns.closings import Closing, Teller, encode
from portal.parental.dns.counting import MOST_NAMES, SLICE, Counting
from portal.parental.dns.store import Cursor, Saved, Store, network_key
from portal.parental.policy import OwnRule, Policy, wire_name
from portal.parental.policy import encode as encoded
from portal.parental.sites import Action
from portal.parental.sweeping import forget_what_is_over
from portal.parental.verdict import Outcome
from tests.live import wait_until
from tests.parental.cut_line import CutLine
from tests.parental.dnsdist import ResolverHost, fill
from tests.parental.factories import make_profile
from tests.parental.resolvers import Resolver, start_upstream

SITES = (OwnRule("casino.com", Action.BLOCK), OwnRule("good.casino.com", Action.ALLOW))
QUIET, KEEPING = 7, 8
_NEXT = text("select setval(pg_get_serial_sequence('parental_profile', 'policy_id'), :i, false)")
_SAVE = text("insert into policy_log (policy_id, account_id, blob) values (:i, :a, '')")


@pytest.fixture
def homes(live):
    """Give two homes with policies: one keeps a log of closed names, since a minute ago."""
    with live.session() as db:
        since = clock.now() - timedelta(minutes=1)
        db.execute(text(f"alter table parental_profile alter policy_id restart with {QUIET}"))
        homes = {QUIET: ("712034456", None), KEEPING: ("712034467", since)}
        for policy_id, (number, names_since) in homes.items():
            account = Account(id=ids.uuid7(), number=number, holder_name="A", opened_at=clock.now())
            db.add(account)
            db.flush()
            db.execute(_NEXT, {"i": policy_id})
            make_profile(db, account, names_since=names_since)
            for _ in range(2):
                db.execute(_SAVE, {"i": policy_id, "a": account.id})
        db.commit()


@contextmanager
def counting(live, folder):
    """Count what the servers of this folder tell; at the end all is written."""
    # An earlier node left its end there, and hears no more.
    (folder / closings.SOCKET).unlink(missing_ok=True)
    node = Counting(conninfo(live.urls["kabinet_dns"]), folder)
    thread = threading.Thread(target=node.run)
    thread.start()
    try:
        wait_until((folder / closings.SOCKET).exists)
        yield node
    finally:
        node.stop()
        thread.join()


def counted(live):
    with live.session() as db:
        table = parental_count.c
        query = select(table.policy_id, table.outcome, table.bit, table.times)
        return sorted(tuple(row) for row in db.execute(query))


def named(live):
    with live.session() as db:
        table = parental_blocked_name.c
        query = select(table.policy_id, table.name, table.times).order_by(table.name)
        return [tuple(row) for row in db.execute(query)]


def tell(folder, times, *told):
    with closing(Teller(folder)) as teller:
        for _ in range(times):
            teller.tell(encode(*told))


def test_two_nodes_add_up_what_their_servers_closed(live, homes):
    folders = [live.folder / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    for _ in range(2):
        with counting(live, folders[0]), counting(live, folders[1]):
            for folder in folders:
                tell(folder, 3, QUIET, Outcome.CATEGORY, 1 << 4)
                tell(folder, 2, KEEPING, Outcome.OWN_BLOCK, 0, wire_name("casino.com"))
                tell(folder, 1, 99, Outcome.PAUSE, 0)  # nobody's

    assert counted(live) == [(QUIET, "category", 4, 12), (KEEPING, "own_block", -1, 8)]
    assert named(live) == [(KEEPING, "casino.com", 8)]


def test_a_long_batch_is_written_in_short_transactions(live, homes):
    node = Counting(conninfo(live.urls["kabinet_dns"]), live.folder)
    with live.session() as db:
        more = "insert into policy_log (policy_id, account_id, blob) select g, account.id, ''"
        many = text(f"{more} from account, generate_series(1000, 999 + :n) g where number = :a")
        db.execute(many, {"a": "712034456", "n": 2 * SLICE + 1})
        db.commit()
    for policy_id in range(1000, 1001 + 2 * SLICE):
        node.batch.add(Closing(policy_id, Outcome.PAUSE, None), clock.now())

    node.write()

    counts = text("select count(*) from parental_count group by xmin order by 1 desc")
    with live.session() as db:
        assert db.scalars(counts).all() == [SLICE, SLICE, 1]


def test_names_that_are_made_up_do_not_fill_the_log(live, homes):
    folder = live.folder / "one"
    folder.mkdir()
    with counting(live, folder) as node:
        for number in range(MOST_NAMES + 50):
            name = f"n{number}.casino.com"
            node.batch.add(Closing(KEEPING, Outcome.OWN_BLOCK, None, name), clock.now())
        node.write()

    assert len(named(live)) == MOST_NAMES
    assert counted(live) == [(KEEPING, "own_block", -1, MOST_NAMES + 50)]


def test_names_that_nobody_wants_any_more_are_not_written(live, homes):
    node = Counting(conninfo(live.urls["kabinet_dns"]), live.folder)
    now = clock.now()
    asked = [(QUIET, now, "off.kz"), (KEEPING, now, "on.kz")]
    asked += [(KEEPING, now - timedelta(minutes=2), "before.kz")]
    for policy_id, at, name in asked:
        node.batch.add(Closing(policy_id, Outcome.CATEGORY, 3, name), at)
    node.write()

    assert named(live) == [(KEEPING, "on.kz", 1)]
    assert counted(live) == [(QUIET, "category", 3, 1), (KEEPING, "category", 3, 2)]


def test_who_deletes_the_names_waits_for_those_that_are_written(live, homes):
    node = Counting(conninfo(live.urls["kabinet_dns"]), live.folder)
    node.batch.add(Closing(KEEPING, Outcome.CATEGORY, 3, "late.kz"), clock.now())
    with live.session() as parent:
        parent.execute(text("update parental_profile set names_since = null"))
        parent.execute(text("select pg_advisory_xact_lock(hashtext('blocked_names'))"))
        writing = threading.Thread(target=node.write)
        writing.start()
        wait_until(lambda: _waits_for_lock(live))
        parent.commit()
    writing.join()

    assert named(live) == []


def test_what_was_committed_unheard_is_not_added_twice(live, homes):
    words = 2 * (b"insert into parental_count as", b"COMMIT")  # of counts, and of names
    lines = [CutLine(conninfo(live.urls["kabinet_dns"]), *words) for _ in range(2)]
    nodes = [Counting(line.address, live.folder) for line in lines]

    def write(times):
        for _ in range(times):
            for node in nodes:  # What comes meanwhile is heard, too.
                node.batch.add(Closing(QUIET, Outcome.PAUSE, None), clock.now())
                node.batch.add(Closing(KEEPING, Outcome.CATEGORY, 3, "a.kz"), clock.now())
            with ThreadPoolExecutor(len(nodes)) as pool:
                list(pool.map(Counting.write, nodes))

    write(5)
    for line in lines:
        line.close()

    assert [line.words for line in lines] == [[], []]
    assert [bool(node.batch) for node in nodes] == [False, False]
    assert counted(live) == [(QUIET, "pause", -1, 10), (KEEPING, "category", 3, 10)]
    assert named(live) == [(KEEPING, "a.kz", 10)]


def _waits_for_lock(live):
    query = "select 1 from pg_locks where locktype = 'advisory' and not granted"
    with live.session("admin") as db:
        return db.scalar(text(query))


def test_without_its_database_a_node_keeps_what_it_counted(live, homes):
    folder = live.folder / "one"
    folder.mkdir()
    node = Counting("host=127.0.0.1 port=1", folder)
    node.batch.add(Closing(QUIET, Outcome.PAUSE, None), clock.now())
    node.write()
    assert counted(live) == []

    node.address = conninfo(live.urls["kabinet_dns"])
    node.write()

    assert counted(live) == [(QUIET, "pause", -1, 1)]


def test_without_a_node_a_server_answers_as_ever(tmp_path):
    tell(tmp_path, 1, QUIET, Outcome.PAUSE, 0)


def put_homes(store):
    fill(store, {"127.0.0.1": Policy(rules=SITES, categories=0b1100)})
    keeping = Policy(rules=SITES, keeps_log=True)
    store.apply_policies(
        [
            Saved(QUIET, 50, encoded(Policy(rules=SITES, categories=0b1100))),
            Saved(KEEPING, 51, encoded(keeping)),
        ],
        Cursor(1, 51),
    )
    leases = [("127.0.0.1", QUIET), ("127.0.0.2", KEEPING)]
    store.apply_leases([(network_key(ip_address(a)), p) for a, p in leases], Cursor(1, 2))
    store.put_categories([(wire_name("adult.example"), 0b1010)])


@pytest.mark.long
def test_the_embedded_server_tells_closed_names_only(live, homes):
    folder = live.folder / "dns"
    with closing(Store(folder, is_writer=True)) as store, counting(live, folder):
        put_homes(store)
        resolver = Resolver(live, folder, DNS_UPSTREAM=start_upstream(live))
        for kind in ("A", "AAAA", "HTTPS"):  # a browser's three questions are one
            resolver.ask("www.casino.com", kind)
        resolver.ask("x.adult.example")
        resolver.ask("good.casino.com")
        resolver.ask("kundelik.kz")

    assert counted(live) == [(QUIET, "category", 3, 1), (QUIET, "own_block", -1, 1)]
    assert named(live) == []


@pytest.mark.long
def test_dnsdist_tells_the_same(live, homes, tmp_path):
    host = ResolverHost(tmp_path)
    try:
        with host.store() as store, counting(live, host.data):
            put_homes(store)
            host.start()
            for home in ("127.0.0.1", "127.0.0.2"):
                for kind in ("A", "AAAA", "HTTPS"):
                    host.ask("WWW.casino.com", kind, home=home)
                host.ask("x.adult.example", home=home)
                host.ask("good.casino.com", home=home)
                host.ask("kundelik.kz", home=home)
    finally:
        host.end()

    assert counted(live) == [
        (QUIET, "category", 3, 1), (QUIET, "own_block", -1, 1), (KEEPING, "own_block", -1, 1)
    ]  # fmt: skip
    assert named(live) == [(KEEPING, "www.casino.com", 1)]


def _insert(db, table, day, **more):
    account = db.scalar(select(Account.id).limit(1))
    values = {"policy_id": 1, "day_on": day, "outcome": "pause", "bit": -1, "times": 1}
    db.execute(table.insert().values(account_id=account, **values, **more))


def test_what_is_old_is_forgotten(db, alice, app, as_worker, noon, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 1)
    today = noon.date()
    for age in (0, 6, 7, 90, 91):
        day = today - timedelta(days=age)
        _insert(db, parental_count, day)
        _insert(db, parental_blocked_name, day, name="casino.com", last_at=clock.now())
        run = {"run_id": ids.uuid7(), "slice": age, "written_at": noon - timedelta(days=age)}
        db.execute(parental_counting.insert().values(**run))
    db.commit()

    with app.app_context():
        forget_what_is_over()

    ages = [(today - day).days for day in db.scalars(select(parental_count.c.day_on))]
    names = [(today - day).days for day in db.scalars(select(parental_blocked_name.c.day_on))]
    runs = db.scalars(select(parental_counting.c.slice))
    assert (sorted(ages), sorted(names)) == ([0, 6, 7, 90], [0, 6])
    assert sorted(runs) == [0, 6, 7, 90]
