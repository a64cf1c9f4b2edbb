"""Jobs: in the same transaction, picked up, retried, and rescued from a killed worker."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core.jobs import enqueue
from tests.core import tasks
from tests.live import Live, wait_until

pytestmark = pytest.mark.live
WAITING = text("select count(*) from jobs.procrastinate_jobs where task_name like '%leave_mark'")


def _mark(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def _enqueue(session: Session, path: Path, **more: float) -> None:
    enqueue(session, tasks.leave_mark, path=str(path), **more)


def test_a_job_is_rolled_back_with_its_transaction(live: Live) -> None:
    with live.session("kabinet_app") as portal:
        _enqueue(portal, live.folder / "mark")
        inside = portal.scalar(WAITING)
        portal.rollback()
        after = portal.scalar(WAITING)

    assert (inside, after) == (1, 0)


def test_a_job_runs_after_the_commit(live: Live) -> None:
    live.start("tests.core.serve_jobs", role="kabinet_worker")
    with live.session("kabinet_app") as portal:
        _enqueue(portal, live.folder / "mark")
        portal.commit()

    wait_until(lambda: _mark(live.folder / "mark") == ["started", "ended"])


def test_a_failed_try_is_tried_again(live: Live) -> None:
    live.start("tests.core.serve_jobs", role="kabinet_worker")
    with live.session("kabinet_app") as portal:
        enqueue(portal, tasks.fail_once, path=str(live.folder / "mark"))
        portal.commit()

    wait_until(lambda: _mark(live.folder / "mark") == ["tried", "done"])


@pytest.mark.long
def test_a_job_whose_worker_was_killed_is_done_by_another(live: Live) -> None:
    mark = live.folder / "mark"
    first = live.start("tests.core.serve_jobs", role="kabinet_worker")
    with live.session("kabinet_app") as portal:
        _enqueue(portal, mark, wait=3.0)
        portal.commit()
    wait_until(lambda: _mark(mark) == ["started"])

    first.send_signal(signal.SIGKILL)
    first.wait()
    live.start("tests.core.serve_jobs", role="kabinet_worker")

    wait_until(lambda: _mark(mark) == ["started", "started", "ended"], 60)


def test_a_worker_that_is_told_to_stop_ends_what_it_has_in_hand(live: Live) -> None:
    mark = live.folder / "mark"
    worker = live.start("tests.core.serve_jobs", role="kabinet_worker")
    with live.session("kabinet_app") as portal:
        _enqueue(portal, mark, wait=1.0)
        portal.commit()
    wait_until(lambda: _mark(mark) == ["started"])

    worker.send_signal(signal.SIGTERM)
    worker.wait(20)

    assert _mark(mark) == ["started", "ended"]
