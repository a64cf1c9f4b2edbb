"""An answer and a re-basing at once: one waits for the other, and neither is lost."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select

from portal.appeals import actions as appeals
from portal.appeals import queries
from portal.appeals.states import AppealKind
from portal.core.text import today
from portal.promises.models import Promise, PromiseEvent, PromisePolicy
from portal.promises.planning import actions
from portal.promises.planning.models import PromiseRebasing
from tests.appeals.factories import acting, file_appeal
from tests.cast import make_cast
from tests.live import wait_until

pytestmark = pytest.mark.long


@pytest.fixture
def people(live):
    return make_cast(live.session())


@pytest.fixture
def asked(live, people):
    """Two faults, a version that has been in force since yesterday, and the word to re-base."""
    app = live.app()
    faults = [file_appeal(app, people["alice"], AppealKind.FAULT) for _ in range(2)]
    with live.session() as session:
        newest = session.scalars(
            select(PromisePolicy).order_by(PromisePolicy.version.desc()).limit(1)
        ).one()
        longer = [t | {"working_days": 5} if t["rule"] == "repair" else t for t in newest.terms]
        session.add(
            PromisePolicy(
                version=newest.version + 1,
                since_on=today() - timedelta(days=1),
                terms=longer,
                calendars=newest.calendars,
            )
        )
        session.commit()
    with acting(app, user_id=people["eric"].id, staff=True) as session:
        own = actions.ask_for_rebasing(newest.version + 1, reason="So.", by=people["eric"].user)
        return app, faults, own.id


def verified(app):
    return app.test_cli_runner().invoke(args=["sla", "verify"]).output


def rebase(worker, rebasing_id, has_begun):
    """Do what the job does."""
    has_begun.set()
    more = True
    while more:
        with acting(worker):
            more = actions.rebase_some(rebasing_id, most=10)


def test_an_answer_and_a_rebasing_wait_for_each_other(live, people, asked):
    app, faults, rebasing_id = asked
    worker, has_begun = live.app("kabinet_worker"), Event()
    other = Thread(target=rebase, args=(worker, rebasing_id, has_begun))
    with acting(app, user_id=people["dora"].id, staff=True) as session:
        appeal = queries.appeal_for_staff(faults[0], lock=True)
        appeals.send_final(appeal, body="Done.", by=people["dora"].user)
        session.flush()
        other.start()
        assert has_begun.wait(30)
        other.join(0.5)
        assert other.is_alive(), "it waits for the answer"
    other.join(60)

    with live.session() as session:
        rebased = PromiseEvent.happening == "rebased"
        told = session.scalars(select(PromiseEvent.subject_id).where(rebased)).all()
        repairs = session.scalars(select(Promise).where(Promise.kind == "repair")).all()
    assert faults[1] in told
    assert {p.subject_id: p.end for p in repairs} == {faults[0]: "fulfilled", faults[1]: None}
    assert "2 subjects, 0 differences" in verified(live.app("kabinet_worker"))


def test_the_worker_puts_all_under_the_version(live, people, asked):
    rebasing_id = asked[2]
    worker = live.start_worker()

    def is_done():
        with live.session() as session:
            return session.get_one(PromiseRebasing, rebasing_id).finished_at

    wait_until(lambda: is_done() or worker.poll() is not None, 90)
    worker.kill()
    with live.session() as session:
        own = session.get_one(PromiseRebasing, rebasing_id)
        repairs = session.scalars(select(Promise).where(Promise.kind == "repair")).all()
    assert own.changed == 4
    assert {p.policy_version for p in repairs} == {own.policy_version}
    assert all(p.due_at == p.started_at + timedelta(days=5) for p in repairs)
    assert "2 subjects, 0 differences" in verified(live.app("kabinet_worker"))
