"""A contract, and a node that is driven step by step."""

import psycopg
import pytest

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import conninfo
from portal.parental.dns.node import Node
from portal.parental.dns.store import Store


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
