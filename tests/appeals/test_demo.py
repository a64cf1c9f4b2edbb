"""The demo is a story that happened by the rules."""

import pytest
from sqlalchemy import select, text

from portal.accounts import demo as people
from portal.appeals import demo
from portal.appeals.models import Appeal
from portal.core import clock
from portal.core.db import transaction
from portal.feedback import demo as ratings
from portal.feedback.models import Rating
from portal.promises.models import Promise


@pytest.fixture
def told(live):
    app = live.app("kabinet_owner")
    with app.app_context(), transaction() as session:
        session.execute(text("set local search_path = public, jobs"))
        cast = people.load()
        demo.load(cast)
        ratings.load(cast)
        session.flush()
    with live.session() as session:
        yield session


def test_the_story_of_the_evening_internet(told):
    fault = told.scalars(select(Appeal).where(Appeal.subject.like("Интернет пропадает%"))).one()
    rows = told.scalars(select(Promise).where(Promise.subject_id == fault.id))
    standing = {(p.kind, p.cycle): p.outcome(clock.now()).value for p in rows}

    assert standing == {
        ("interim", 1): "broken",
        ("interim", 2): "kept",
        ("repair", 1): "running",
    }
    assert fault.length == 3


def test_the_queue_has_every_urgency_and_the_supervisor_a_rating(told):
    waiting = told.scalars(select(Promise).where(Promise.is_next)).all()
    now = clock.now()

    assert len([p for p in waiting if p.subject_kind == "appeal"]) >= 10
    assert any(p.due_at < now for p in waiting)
    assert len([p for p in waiting if p.subject_kind == "rating"]) == 1
    assert sorted(told.scalars(select(Rating.score))) == [2, 5]
