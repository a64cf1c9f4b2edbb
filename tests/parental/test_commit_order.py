"""The node follows the log, leases and devices by the number of a commit, and by an index."""

from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text

from portal.core.db import conninfo
from portal.parental.dns import node as following
from portal.parental.dns.node import Node
from portal.parental.dns.store import Store
from portal.parental.policy import Policy, encode
from tests.cast import make_account

ONE, TWO = 99, 100  # Numbers of commits: as text, the second would come first.
_SAVE = text(
    "insert into policy_log (xid, policy_id, account_id, blob)"
    " values (cast(cast(:x as text) as xid8), :i, :a, :b)"
)


def test_a_longer_number_of_a_commit_comes_later(live):
    with live.session() as db:
        account = make_account(db, "712034456")
        for xid in (TWO, ONE):
            blob = encode(Policy(pause_until=xid))
            db.execute(_SAVE, {"x": str(xid), "i": xid, "a": account.id, "b": blob})
        db.commit()
    address = conninfo(live.urls["kabinet_dns"])
    with (
        closing(Store(live.folder / "dns", is_writer=True)) as store,
        psycopg.connect(address, autocommit=True) as reads,
    ):
        node = Node(address, store, name="singly", batch=1)
        places = []
        while node.step(reads).applied:
            places.append(store.cursor().xid)
        assert places == [ONE, TWO]
        assert store.policy(ONE)
        assert store.policy(TWO)


@pytest.mark.parametrize("query", ["_SAVES", "_LEASES", "_DEVICES", "_UNTOLD"])
def test_the_log_is_read_in_the_order_of_its_index(live, query):
    """Nothing is sorted: two million leases behind the cursor cost nothing."""
    asked = getattr(following, query)
    values = ["0", 0] * (asked.count("xid8")) + [1]
    with psycopg.connect(conninfo(live.urls["kabinet_dns"])) as reads:
        for way in ("seqscan", "bitmapscan", "sort"):
            reads.execute(f"set enable_{way} = off".encode())
        plan = "\n".join(row[0] for row in reads.execute(f"explain {asked}".encode(), values))
    assert "Sort" not in plan
    assert "Index" in plan
