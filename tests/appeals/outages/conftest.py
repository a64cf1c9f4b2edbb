"""What tests of outages share."""

import pytest

from tests.appeals.outages.factories import add_outage


@pytest.fixture
def outage(db, dora):
    it = add_outage(db, dora.id)
    db.commit()
    return it
