"""The billing feed with real commits: killed half way, two at once, a hundred thousand lines."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from portal.accounts.models import Account
from portal.core import clock
from portal.core.db import transaction
from portal.services.actions import forget_imports, import_feed
from portal.services.models import BillingImport, BillingRefusal, Charge
from tests.live import ROOT, wait_until

pytestmark = pytest.mark.long

LINES = 100_000


def line(number, *, sum_=None, minute=0):
    """Return a billed line of alice's contract."""
    said = {
        "kind": "correction",
        "contract": "712034456",
        "month": "2026-11",
        "reference": f"feed:{number}",
        "amount": str(sum_ or number + 1),
        "as_of": f"2026-11-20T06:{minute:02}:00Z",
    }
    return json.dumps(said).encode() + b"\n"


@pytest.fixture
def feed(tmp_path):
    """A long feed in a file."""
    file = tmp_path / "feed.jsonl"
    file.write_bytes(b"".join(line(number) for number in range(LINES)))
    return file


def start(town, file):
    """Start the import of `file` as a process."""
    environment = town.live.settings | {"DATABASE_URL": town.live.urls["kabinet_app"]}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "services", "import-billing", file]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def total(town):
    town.db.rollback()
    return tuple(town.db.execute(select(func.count(), func.sum(Charge.amount))).one())


def test_a_long_feed_that_is_killed_half_way_is_done_by_repeating_it(town, feed):
    first = start(town, feed)
    wait_until(lambda: total(town)[0] >= 5000)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert 0 < total(town)[0] < LINES

    again = start(town, feed)
    out, _ = again.communicate(timeout=120)

    assert again.returncode == 0
    assert total(town) == (LINES, LINES * (LINES + 1) // 2)
    assert b"known already" in out
    imports = town.db.scalars(select(BillingImport).order_by(BillingImport.started_at)).all()
    assert [row.ended_at is None for row in imports] == [True, False]
    assert sum(row.taken for row in imports) == LINES


def test_two_imports_at_once_do_no_harm(town):
    """One brings the lines forwards, the other newer ones backwards: the newer ones stay."""
    older = [line(number, sum_=1) for number in range(3000)]
    newer = [line(number, sum_=2, minute=1) for number in reversed(range(3000))]
    balance = {"kind": "balance", "contract": "712034456", "balance": "5"}
    for lines, minute in ((older, 0), (newer, 1)):
        said = balance | {"as_of": f"2026-11-20T06:0{minute}:00Z", "balance": str(minute)}
        lines[::100] = [json.dumps(said).encode()] * len(lines[::100])

    def bring(lines):
        with town.app.app_context():
            return import_feed(lines, source="feed")

    town.app.config["TESTING"] = True
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(bring, (older, newer)))

    assert all(not report.refused for report in reports)
    town.db.rollback()
    sums = town.db.execute(select(Charge.amount, func.count()).group_by(Charge.amount)).all()
    assert dict(sums)[2] == 2970
    assert town.db.scalars(select(Account.balance).where(Account.number == "712034456")).one() == 1


def test_a_batch_costs_the_same_statements_whatever_it_holds(town):
    counts = []
    engine = town.app.extensions["db_engine"]
    event.listen(engine, "before_cursor_execute", lambda *_: counts.append(1))
    with town.app.app_context():
        import_feed([line(0)], source="feed")
        with_one = len(counts)
        import_feed([line(number) for number in range(1, 1001)], source="feed")

    assert len(counts) - with_one == with_one


def test_the_worker_forgets_imports_of_long_ago(town):
    with town.app.app_context():
        import_feed([b"x"], source="new")
        import_feed([b"x", b"y"], source="old")
    long_ago = clock.now() - timedelta(days=401)
    town.db.execute(
        update(BillingImport).where(BillingImport.source == "old").values(started_at=long_ago)
    )
    town.db.commit()

    with town.live.app("kabinet_worker").app_context(), transaction():
        gone = forget_imports()

    assert gone == 1
    town.db.rollback()
    assert town.db.scalars(select(BillingImport.source)).all() == ["new"]
    assert town.db.scalar(select(func.count()).select_from(BillingRefusal)) == 1
