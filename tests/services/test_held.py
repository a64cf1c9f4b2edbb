"""A network that does not answer at all."""

import pytest
from sqlalchemy import select, text

from portal.appeals.models import Appeal
from portal.core.db import transaction
from portal.notify.models import Notification
from portal.services.actions import forget_quotes, fulfil_order
from portal.services.actions.fulfilment import MOST_TRIES
from portal.services.activation import NoAnswerError
from portal.services.models import Quote
from portal.services.simulator import Simulator


class Silence:
    """The operator's network on a bad day: it never answers and did nothing."""

    def activate(self, work):
        raise NoAnswerError(work.reference)

    deactivate = change = activate

    def status(self, _reference):
        return None


@pytest.fixture
def worker(town):
    """Do the worker's work here, with its rights."""
    app = town.live.app("kabinet_worker")
    app.extensions["activation_gateway"] = Silence()
    return app


@pytest.fixture
def held(town, worker):
    """An order that the network never answered."""
    order = town.order("vmeste-200")
    with worker.app_context():
        for _ in range(MOST_TRIES):
            fulfil_order(order.id)
    town.db.rollback()
    town.db.refresh(order)
    return order


def test_an_order_that_nobody_answers_is_held_and_people_are_told(town, held):
    assert (held.state, held.failure) == ("held", "no_answer")
    assert "services.order_held" in town.db.scalars(select(Notification.kind)).all()
    assert len(town.db.scalars(select(Appeal)).all()) == 1
    page = town.browser(town.alice).get(
        "services.show_order", account_id=town.alice.account_id, order_id=held.id
    )
    assert "The network does not answer." in page.text


def test_a_held_order_is_taken_up_again_by_hand(town, worker, held):
    worker.extensions["activation_gateway"] = Simulator()
    with worker.app_context():
        fulfil_order(held.id)
        assert town.running() == set()

        ran = town.app.test_cli_runner().invoke(args=["services", "retry", held.number])
        fulfil_order(held.id)
        fulfil_order(held.id)

    assert ran.output == f"{held.number}: tried again\n"
    assert town.ended(held).state == "completed"
    assert town.books() == [("activate", "vmeste-200", True)]


def test_terms_of_long_ago_that_nobody_ordered_are_forgotten(town, worker):
    town.order("vmeste-200")
    town.terms(town.browser(town.alice), "phone-home")
    town.terms(town.browser(town.alice), "phone-mobile")
    town.db.execute(text("update quote set expires_at = now() - interval '31 days'"))
    town.db.commit()
    town.terms(town.browser(town.alice), "phone-home")

    with worker.app_context(), transaction():
        gone = forget_quotes()

    assert gone == 2
    assert len(town.db.scalars(select(Quote)).all()) == 2
