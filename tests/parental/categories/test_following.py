"""A release reaches the resolver hosts: whole, exactly, again after a kill, beside all saves."""

import signal
from contextlib import closing

import lmdb
import psycopg
import pytest
from sqlalchemy import text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import conninfo, transaction
from portal.parental.categories import actions, queries
from portal.parental.categories.buckets import BUCKETS
from portal.parental.categories.registry import mask_of
from portal.parental.dns.categories import CategoryFollower, CategoryStore
from portal.parental.dns.store import Store
from portal.parental.policy import Policy, encode, wire_name
from tests.live import wait_until
from tests.parental.categories.factories import make_release
from tests.parental.resolvers import Resolver, add_lease, start_node, start_upstream

ADULT = mask_of(["adult"])


@pytest.fixture
def release(live):
    """Return how to release sources by code, as a worker does."""
    app = live.app("kabinet_worker")

    def act(**sources):
        with app.app_context(), transaction() as own:
            return make_release(own, **sources).number

    return act


@pytest.fixture
def follower(live):
    """Give a follower of this process, driven step by step, and its connection."""
    store = Store(live.folder / "dns", is_writer=True)
    address = conninfo(live.urls["kabinet_dns"])
    with psycopg.connect(address, autocommit=True) as link:
        yield CategoryFollower(address, store, name="stepwise"), link, store
    store.close()


def names_in(store):
    """Return every name of cat.mdb with its mask."""
    environment, databases = store.opened("cat")
    with environment.begin(db=databases["cat"]) as read:
        return {bytes(name): int.from_bytes(mask, "little") for name, mask in read.cursor()}


def expected(masks):
    return {wire_name(name): mask for name, mask in masks.items()}


def told(live):
    with live.session() as db:
        query = text("select node, number, loading from category_in_force order by node")
        return [tuple(row) for row in db.execute(query)]


def test_a_release_is_loaded_and_names_that_left_are_gone(live, release, follower):
    follower, link, store = follower
    assert follower.step(link) == 0
    release(adult=["old.kz", "stays.kz"], youtube=["youtube.com"])

    assert follower.step(link) == BUCKETS
    assert names_in(store) == expected(
        {"old.kz": ADULT, "stays.kz": ADULT, "youtube.com": mask_of(["youtube", "video"])}
    )
    release(adult=["stays.kz", "new.kz"], youtube=["m.youtube.com"])
    assert 0 < follower.step(link) <= 4
    assert follower.step(link) == 0
    assert names_in(store) == expected(
        {"stays.kz": ADULT, "new.kz": ADULT, "m.youtube.com": mask_of(["youtube", "video"])}
    )
    assert told(live) == [("stepwise", 2, None)]


class FullDisk(CategoryStore):
    """A store on a disk that is full after the first transaction of a round."""

    def _write(self, changes):
        super()._write(changes)
        raise lmdb.DiskError("no space left")


@pytest.fixture
def broken_off(live, release, follower):
    """Break a load of release 2 over release 1 off in the middle of its round."""
    follower, link, store = follower
    release(adult=["before.kz", "common.kz"])
    follower.step(link)
    names = ["common.kz", *(f"site-{number}.kz" for number in range(5_000))]
    release(adult=names)
    follower.kept = FullDisk(store)

    with pytest.raises(lmdb.DiskError):
        follower.step(link)

    assert told(live) == [("stepwise", 1, 2)]
    assert 500 < len(names_in(store)) < len(names)
    follower.kept = CategoryStore(store)
    return names


def test_a_load_that_was_broken_off_goes_on(live, broken_off, follower):
    follower, link, store = follower

    follower.step(link)

    assert names_in(store) == expected(dict.fromkeys(broken_off, ADULT))
    assert told(live) == [("stepwise", 2, None)]


def test_nothing_stays_of_a_load_that_was_broken_off_and_is_not_wanted_any_more(
    live, broken_off, follower
):
    follower, link, store = follower
    with live.app("kabinet_worker").app_context(), transaction():
        actions.roll_back(1, seen=2, by=None)

    assert follower.step(link) == BUCKETS

    assert names_in(store) == expected({"before.kz": ADULT, "common.kz": ADULT})
    assert told(live) == [("stepwise", 3, None)]


def test_a_release_whose_buckets_are_gone_is_left_alone(live, release, follower):
    """Old releases are swept while a node is far behind: it waits for the next one."""
    follower, link, store = follower
    release(adult=["before.kz"])
    follower.step(link)
    release(adult=["after.kz"])
    with live.session() as db:
        db.execute(text("delete from category_bucket"))
        db.commit()

    assert follower.step(link) == 0

    assert names_in(store) == expected({"before.kz": ADULT})
    assert told(live) == [("stepwise", 1, 2)]


@pytest.mark.long
def test_a_node_killed_while_it_loads_ends_with_exactly_the_release(live, release):
    release(adult=["gone.kz"], gambling=["both.kz"])
    many = [f"site-{number}.kz" for number in range(30_000)]
    release(adult=[*many, "both.kz"])
    folder = live.folder / "dns-1"

    node = start_node(live, folder)
    wait_until(lambda: is_loading(folder), patience=30)
    node.send_signal(signal.SIGKILL)
    node.wait()
    start_node(live, folder)

    wait_until(lambda: release_in(folder) == 2, patience=30)
    with closing(Store(folder)) as store:
        both = {"both.kz": mask_of(["adult", "gambling"])}
        assert names_in(store) == expected(dict.fromkeys(many, ADULT) | both)
    wait_until(lambda: told(live) == [("node-1", 2, None)])


def is_loading(folder):
    if not (folder / "cat.mdb").exists():
        return False
    with closing(Store(folder)) as store:
        kept = CategoryStore(store)
        return kept.loading() is not None or kept.number() == 2


def release_in(folder):
    with closing(Store(folder)) as store:
        return CategoryStore(store).number()


def close_at_home(live, *codes):
    """Let a home behind this computer's address have these closed."""
    blob = encode(Policy(categories=mask_of(codes)))
    with live.session() as db:
        account = Account(
            id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now()
        )
        db.add(account)
        db.flush()
        save = text("insert into policy_log (policy_id, account_id, blob) values (1, :a, :b)")
        db.execute(save, {"a": account.id, "b": blob})
        add_lease(db, account.id, 1)
        db.commit()


@pytest.mark.long
def test_a_switched_off_service_closes_and_going_back_opens(live, release):
    """The whole way: PostgreSQL, a node's process, a DNS server's process, a device's question."""
    folder = live.folder / "dns-1"
    close_at_home(live, "youtube")
    release(adult=["a.kz"])
    start_node(live, folder)
    wait_until((folder / "cat.mdb").exists, patience=30)
    resolver = Resolver(live, folder, DNS_UPSTREAM=start_upstream(live))
    wait_until(lambda: not resolver.is_closed("www.youtube.com"), patience=30)

    release(youtube=["youtube.com"])
    wait_until(lambda: resolver.is_closed("www.youtube.com"), patience=30)
    assert not resolver.is_closed("a.kz")

    with live.app("kabinet_worker").app_context(), transaction():
        actions.roll_back(1, seen=queries.newest_number(), by=None)
    wait_until(lambda: not resolver.is_closed("www.youtube.com"), patience=30)
