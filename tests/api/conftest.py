"""What the live tests of the feed share: one database with real commits, and the portal on it."""

import pytest

from tests import databases
from tests.cast import make_cast
from tests.live import Live
from tests.parental.categories.lists_server import write_certificate
from tests.services.worked import Town


@pytest.fixture(scope="package")
def shared(admin_url, template_database, tmp_path_factory):
    """A live database for all of them: none may ask for what another one left."""
    with databases.copy_of(admin_url, template_database) as urls:
        running = Live(urls, tmp_path_factory.mktemp("feed"))
        yield running
        running.end()


@pytest.fixture(scope="package")
def town(shared):
    db = shared.session()
    made = Town(shared, db, make_cast(db))
    yield made
    made.close()


@pytest.fixture(scope="package")
def certificate(tmp_path_factory):
    """Whom a receiver of the tests is trusted by."""
    return write_certificate(tmp_path_factory.mktemp("receiver"))


@pytest.fixture(scope="package")
def worker(shared):
    """The portal as the worker runs it, with receivers on this computer allowed."""
    return shared.app("kabinet_worker", WEBHOOK_NETWORKS="127.0.0.1/32", WEBHOOK_TRIES="3")
