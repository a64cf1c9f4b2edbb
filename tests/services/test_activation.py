"""What an item asks of the network, how it is taken back, and how the simulator does a change."""

import pytest
from sqlalchemy import select

from portal.services.activation import Operation, Outcome, Work, deed_of
from portal.services.models import NetworkEntry
from portal.services.simulator import Simulator

PAUSE = Work("one", "712034456/tv-optimal", "tv-optimal", {"state": "suspended"})


@pytest.mark.parametrize(
    ("act", "change", "operation", "asked", "back", "changed_back"),
    [
        ("add", None, "activate", {}, "deactivate", {}),
        ("delete", None, "deactivate", {}, "activate", {}),
        ("modify", "pause", "change", {"state": "suspended"}, "change", {"state": "running"}),
        ("modify", "resume", "change", {"state": "running"}, "change", {"state": "suspended"}),
    ],
)
def test_what_an_item_asks_for_and_what_takes_it_back(
    act, change, operation, asked, back, changed_back
):
    deed, undo = deed_of(act, change), deed_of(act, change, undoes=True)

    assert (deed.operation, deed.change) == (operation, asked)
    assert (undo.operation, undo.change) == (back, changed_back)


def test_an_item_that_nobody_knows_asks_for_nothing():
    with pytest.raises(KeyError):
        deed_of("modify", None)


def test_the_simulator_notes_what_was_changed_once(town):
    with town.live.app("kabinet_worker").app_context():
        answers = [Simulator().change(PAUSE) for _ in range(2)]

    [entry] = town.db.scalars(select(NetworkEntry)).all()
    assert [each.outcome for each in answers] == [Outcome.DONE, Outcome.DONE]
    assert (entry.operation, entry.change) == (Operation.CHANGE, {"state": "suspended"})
    assert entry.calls == 2


def test_the_simulator_refuses_a_change_of_an_offering_that_it_is_told_to_refuse(town):
    town.habit("tv-optimal", refusal="no_capacity", refused="change")

    with town.live.app("kabinet_worker").app_context():
        answer = Simulator().change(PAUSE)

    assert (answer.outcome, answer.reason) == (Outcome.REFUSED, "no_capacity")
