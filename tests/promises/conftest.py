"""What tests of promises share."""

import pytest

from portal.promises import queries


@pytest.fixture(autouse=True)
def _forget_versions():
    """A version that a test released is rolled back; the process must not remember it."""
    yield
    queries.forget()
