"""What tests of ratings share."""

import pytest

from portal.appeals import actions as appeals
from tests.appeals.factories import as_staff, file_appeal


@pytest.fixture
def answered(app, alice, dora):
    appeal_id = file_appeal(app, alice)
    as_staff(app, dora, appeal_id, appeals.send_final, body="Done.")
    return appeal_id
