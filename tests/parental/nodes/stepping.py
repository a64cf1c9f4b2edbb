"""What is saved, and what a node then keeps and tells."""

from contextlib import closing

from sqlalchemy import text

from portal.parental.dns.store import Store
from portal.parental.policy import Policy, encode
from tests.live import wait_until

_SAVE = text("insert into policy_log (policy_id, account_id, blob) values (:i, :a, :b)")
_TOLD = text(
    "select node, policy_id, seq from policy_in_force"
    " where applied_at > now() - interval '1 minute'"
    " order by node, policy_id"
)


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


def told(live):
    with live.session() as db:
        return [tuple(row) for row in db.execute(_TOLD)]
