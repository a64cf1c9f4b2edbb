"""“Does it work again?” reaches whoever is told of answers, by the same way."""

import pytest
from sqlalchemy import select

from portal.accounts.models import Account, User
from portal.appeals import actions, chain, queries
from portal.appeals.models import Appeal
from portal.appeals.outages import actions as outages
from portal.appeals.outages import queries as outage_queries
from portal.appeals.states import AppealKind, Channel
from portal.core import clock
from portal.core.mail import OutgoingMail
from portal.notify.models import Notification
from tests.appeals.factories import acting, stored
from tests.appeals.outages.factories import at_desk, open_outage
from tests.figures.test_counting import as_worker


@pytest.fixture
def restored(app, db, dora):
    """Return a function: a fault comes by a channel, joins an outage, and that is restored."""

    def restored(channel, address, account_id=None):
        with acting(app, user_id=dora.id, staff=True) as session:
            by = session.get_one(User, dora.id)
            writer = actions.Writer(
                "Asel",
                address,
                "en",
                account=session.get_one(Account, account_id) if account_id else None,
                channel=channel,
                received_at=clock.now(),
                registered_by=by,
            )
            appeal_id = actions.file_appeal(
                writer, kind=AppealKind.FAULT, subject="Off", body="Nothing works."
            ).appeal.id
        outage_id = open_outage(app, dora)
        with acting(app, user_id=dora.id, staff=True) as session:
            outages.link_appeal(
                queries.appeal_for_staff(appeal_id, lock=True),
                outage_queries.locked_outage(outage_id),
                by=session.get_one(User, dora.id),
            )
        at_desk(app, dora, outage_id, outages.restore, clock.now())
        with as_worker(app, db), app.app_context():
            outages.tell_followers(outage_id)
        return appeal_id

    return restored


def letters(db):
    return [each for each in db.scalars(select(OutgoingMail)) if "work again" in each.subject]


def test_the_holder_of_a_contract_that_a_caller_proved_is_asked(db, alice, restored):
    appeal_id = restored(Channel.PHONE, "+77015551234", alice.account_id)

    mine = select(Notification).where(Notification.user_id == alice.id)
    [asked] = [each for each in db.scalars(mine) if each.kind == "outages.asked"]
    assert asked.values["head"] == chain.short(stored(db, appeal_id).head)
    assert [each.address for each in letters(db)] != ["+77015551234"]


def test_who_writes_by_email_can_answer_the_question(db, restored):
    appeal_id = restored(Channel.EMAIL, "asel@example.kz")

    [letter] = letters(db)
    assert letter.address == "asel@example.kz"
    assert letter.headers["Reply-To"]
    assert chain.short(stored(db, appeal_id).head) in " ".join(letter.lines)


def test_who_left_no_email_is_asked_where_he_looks(db, restored):
    restored(Channel.PHONE, "+77015551234")

    assert letters(db) == []
    assert db.scalars(select(Appeal.state)).all() == ["answered"]
