"""`flask sla verify`: nothing is found where nothing is wrong, and everything that is."""

import pytest
from sqlalchemy import text

from portal.appeals import actions
from portal.appeals.states import AppealKind
from portal.core import clock
from tests.appeals.factories import as_staff, file_appeal
from tests.figures.test_counting import as_worker
from tests.promises.histories import SUBJECTS, bend_at_random, write_histories

REPAIR = "update promise set {} where kind = 'repair'"
SABOTAGES = {
    "due": REPAIR.format("due_at = due_at + interval '1 second'"),
    "begin": REPAIR.format("started_at = started_at - interval '1 hour'"),
    "outcome": REPAIR.format("\"end\" = 'fulfilled', ended_at = due_at"),
    "moves": REPAIR.format("moved = 1"),
    "version": REPAIR.format("policy_version = 1"),
    "next": "update promise set is_next = not is_next",
    "lost": "with gone as (delete from promise_timer) delete from promise where kind = 'repair'",
    "invented": "update promise set subject_id = gen_random_uuid() where kind = 'repair'",
}


def verified(app):
    return app.test_cli_runner().invoke(args=["sla", "verify"])


def test_every_sabotage_is_found(app, db, alice, dora):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    as_staff(app, dora, appeal_id, actions.answer, body="We look at it.")
    whole = verified(app)

    assert (whole.exit_code, whole.output) == (0, "1 subjects, 0 differences\n")
    for name, sabotage in SABOTAGES.items():
        with db.begin_nested() as point:
            db.execute(text(sabotage))
            found = verified(app)
            point.rollback()
        assert found.exit_code == 1, name
        assert str(appeal_id) in found.output, name
        assert "stored" in found.output, name
    assert verified(app).exit_code == 0


@pytest.mark.parametrize("name", SABOTAGES)
def test_what_differs_is_rebuilt_from_its_events(app, db, alice, dora, name):
    appeal_id = file_appeal(app, alice, AppealKind.FAULT)
    as_staff(app, dora, appeal_id, actions.answer, body="We look at it.")
    db.execute(text(SABOTAGES[name]))
    db.commit()

    with as_worker(app, db):
        done = app.test_cli_runner().invoke(args=["sla", "rebuild"])
        found = verified(app)

    assert f"appeal {appeal_id} rebuilt" in done.output
    assert found.output.endswith("1 subjects, 0 differences\n")
    queued = db.execute(text("select q.id from queue_entry q join promise p on p.id = promise_id"))
    assert queued.scalars().all() == [appeal_id]


@pytest.mark.long
@pytest.mark.timeout(1200)  # 10 000 appeals, each written by the portal's own code
def test_ten_thousand_random_appeals_are_as_their_events_tell(live):
    """Several versions, pauses, extensions, reopenings and re-basings, written step by step."""
    clock.freeze(None)
    app = live.app("kabinet_worker")
    with live.session() as session:
        written = write_histories(app, session, count=SUBJECTS, seed=26)

    whole = verified(app)

    assert whole.output == f"{SUBJECTS} subjects, 0 differences\n"
    assert min(written["happenings"].values()) >= 100, written
    assert set(written["versions"]) == {2, 3, 4}
    with live.session() as session:
        bent = bend_at_random(session, seed=27)
    found = verified(app)
    assert found.exit_code == 1
    told = {line.split()[1] for line in found.output.splitlines()[:-1]}
    assert told == {str(subject_id) for subject_id in bent}
