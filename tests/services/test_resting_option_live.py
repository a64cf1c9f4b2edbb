"""A pause of the option, as a family orders it, reaches the resolvers; so does its end."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.catalog.models import Offering
from portal.core import clock
from portal.core.text import midnight
from portal.parental.models import policy_log
from tests.parental.factories import make_profile, make_rule
from tests.services.test_planned_live import carry_out, newest_order, pause, wake, worker

pytestmark = pytest.mark.live
__all__ = ["worker"]

RULE = {"min_days": 7, "max_days": 90, "days_a_year": 120, "monthly": "0"}


def test_what_parents_closed_opens_while_the_option_rests(town, worker):
    town.have("parental-control")
    town.db.execute(update(Offering).where(Offering.code == "parental-control").values(pause=RULE))
    make_rule(town.db, make_profile(town.db, town.alice.account))
    town.db.commit()

    _, until = pause(town, worker, days=20)
    assert enforced(town) == [False]

    morning = midnight(until) + timedelta(minutes=5)
    with clock.standing_at(morning):
        assert wake(worker) == 1
    carry_out(worker, newest_order(town), morning + timedelta(minutes=1))
    assert enforced(town) == [False, True]


def enforced(town):
    """Return of each policy that resolvers were told, in order, whether it holds anything."""
    blobs = town.db.scalars(select(policy_log.c.blob).order_by(policy_log.c.seq))
    return [bool(blob) for blob in blobs]
