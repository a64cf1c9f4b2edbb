"""Who is told of what happens on a contract: only those who may enter it now."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.accounts.models import Membership, Role
from portal.accounts.queries import holders_of, people_with, told_of
from portal.core import clock
from portal.core.db import transaction
from portal.services.visits.queries import people_of


@pytest.fixture
def asking(app, db):
    with app.app_context(), transaction(staff=True):
        yield


def leave(db, person, passed: timedelta) -> None:
    """Let a person's access end so long ago."""
    db.query(Membership).filter_by(user_id=person.id).update({"ends_at": clock.now() - passed})
    db.commit()


def test_who_did_it_comes_first_and_then_the_holder(asking, alice, carol, dora):
    home = alice.account_id

    assert told_of(home, first=carol.id) == [carol.id, alice.id]
    assert told_of(home, first=alice.id) == [alice.id]
    assert told_of(home, first=dora.id) == [alice.id]


@pytest.mark.parametrize(("passed", "is_told"), [(timedelta(0), False), (-timedelta(1), True)])
def test_nobody_is_told_of_a_contract_that_he_has_left(asking, db, alice, carol, passed, is_told):
    home = alice.account_id
    leave(db, carol, passed)
    assert told_of(home, first=carol.id) == [carol.id, alice.id][not is_told :]

    leave(db, alice, passed)

    assert (told_of(home, first=alice.id) == [alice.id]) is is_told
    assert (holders_of(home) == [alice.id]) is is_told
    assert people_with([home], Role.HOLDER, Role.VIEWER) == (
        {home: [alice.id, carol.id]} if is_told else {}
    )
    visit = SimpleNamespace(account_id=home, booked_by_id=carol.id)
    assert people_of(visit) == ([carol.id, alice.id] if is_told else [])
