"""Jobs about signing in."""

from uuid import UUID

from portal.accounts import actions
from portal.core.db import transaction
from portal.core.jobs import periodic, task


@task()
def send_join_code(secret_id: str) -> None:
    with transaction():
        actions.send_join_code(UUID(secret_id))


@task()
def send_reset_link(secret_id: str) -> None:
    with transaction():
        actions.send_reset_link(UUID(secret_id))


@periodic("41 3 * * *")
def tidy_sessions() -> None:
    with transaction():
        actions.tidy_sessions()
