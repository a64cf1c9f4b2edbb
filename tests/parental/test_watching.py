"""A resolver host that falls silent, or lags behind the saves, is told of once."""

import re

import pytest
from sqlalchemy import text

from portal.accounts.models import Account
from portal.core import clock, ids
from portal.core.db import transaction
from portal.parental.watching import watch_nodes

_NODE = text(
    "insert into dns_node (name, applied_xid, applied_seq, seen_at) values"
    " (:name, cast(:xid as xid8), :seq, clock_timestamp() - make_interval(secs => :silent))"
)
_SAVE = text(
    "insert into policy_log (policy_id, account_id, blob, created_at) values"
    " (7, :account, '', clock_timestamp() - make_interval(secs => :age))"
)
_SEEN = text("update dns_node set seen_at = clock_timestamp(), applied_seq = 999999")


def account_of(db):
    account = Account(id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now())
    db.add(account)
    db.flush()
    return account.id


@pytest.fixture
def hosts(live):
    """Give four hosts: one is well, one a little behind, one lags, one is silent."""
    with live.session() as db:
        account = account_of(db)
        for age in (100, 20):
            db.execute(_SAVE, {"account": account, "age": age})
        db.commit()
        xid, seq = db.execute(text("select xid::text, min(seq) from policy_log group by xid")).one()
        last = seq + 1
        rows = {"well": (last, 0), "slow": (seq, 0), "lags": (0, 0), "silent": (last, 31)}
        for name, (applied, silent) in rows.items():
            db.execute(_NODE, {"name": name, "xid": xid, "seq": applied, "silent": silent})
        db.commit()
        yield db


def test_a_silent_and_a_lagging_host_are_told_of_once_and_once_more_when_well(live, hosts, capsys):
    worker, web = live.app("kabinet_worker"), live.app().test_client()

    def told():
        for _ in range(2):
            with worker.app_context(), transaction() as own:
                watch_nodes(own)
        return re.findall(r"dns\.node\w+ name=\w+", capsys.readouterr().err)

    assert told() == ["dns.node_lags name=lags", "dns.node_lags name=silent"]
    figures = web.get("/metrics").text
    assert 'kabinet_dns_node_ill{node="lags"} 1.0' in figures
    assert 'kabinet_dns_node_ill{node="slow"} 0.0' in figures

    hosts.execute(_SEEN)
    hosts.commit()
    assert told() == ["dns.node_is_well name=lags", "dns.node_is_well name=silent"]
