"""A node tells in short transactions what is in force at it, from where it ended."""

from contextlib import closing

import pytest
from sqlalchemy import text

from portal.parental.dns.node import Node
from portal.parental.dns.store import Store
from tests.parental.nodes.stepping import catch_up, pause_in, save, told


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
