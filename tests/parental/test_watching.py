"""A resolver host that falls silent, or lags behind the saves, is told of once."""

import re

import pytest
from sqlalchemy import text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import transaction
from portal.parental.watching import watch_nodes

_NODE = text(
    "insert into dns_node (name, applied_xid, applied_seq, seen_at, building_since) values"
    " (:name, cast(:xid as xid8), :seq, clock_timestamp() - make_interval(secs => :silent),"
    " clock_timestamp() - make_interval(secs => :building))"
)
_SAVE = text(
    "insert into policy_log (policy_id, account_id, blob, created_at) values"
    " (7, :account, '', clock_timestamp() - make_interval(secs => :age))"
)
_SEEN = text(
    "update dns_node set seen_at = clock_timestamp(), applied_seq = 999999, building_since = null"
)


def account_of(db):
    account = Account(id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now())
    db.add(account)
    db.flush()
    return account.id


@pytest.fixture
def hosts(live):
    """Give six hosts: well, a little behind, lagging, silent, new, and new for too long."""
    with live.session() as db:
        account = account_of(db)
        for age in (100, 20):
            db.execute(_SAVE, {"account": account, "age": age})
        db.commit()
        xid, seq = db.execute(text("select xid::text, min(seq) from policy_log group by xid")).one()
        last = seq + 1
        rows = {
            "well": (last, 0, None),
            "slow": (seq, 0, None),
            "lags": (0, 0, None),
            "silent": (last, 31, None),
            "new": (0, 0, 590),
            "stuck": (0, 0, 610),
        }
        for name, (applied, silent, building) in rows.items():
            values = {"name": name, "seq": applied, "silent": silent, "building": building}
            db.execute(_NODE, {"xid": xid, **values})
        db.commit()
        yield db


def test_a_host_that_is_ill_is_told_of_once_and_once_more_when_well(live, hosts, capsys):
    worker, web = live.app("kabinet_worker"), live.app().test_client()

    def told():
        for _ in range(2):
            with worker.app_context(), transaction() as own:
                watch_nodes(own)
        return re.findall(r"dns\.node\w+ name=\w+", capsys.readouterr().err)

    ill = ("lags", "silent", "stuck")
    assert told() == [f"dns.node_lags name={name}" for name in ill]
    figures = web.get("/metrics").text
    assert 'kabinet_dns_node_ill{node="lags"} 1.0' in figures
    assert 'kabinet_dns_node_ill{node="slow"} 0.0' in figures
    assert 'kabinet_dns_node_ill{node="new"} 0.0' in figures
    assert 'kabinet_dns_node_building_seconds{node="new"} 59' in figures
    assert 'kabinet_dns_node_building_seconds{node="lags"} 0.0' in figures

    hosts.execute(_SEEN)
    hosts.commit()
    assert told() == [f"dns.node_is_well name={name}" for name in ill]
