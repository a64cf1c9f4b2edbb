"""Jobs of figures."""

from portal.core import clock
from portal.core.db import transaction
from portal.core.jobs import periodic
from portal.figures import actions


@periodic("*/10 * * * *")
def count_changes() -> None:
    """Count the days again in which something changed; one that is killed begins again."""
    began_at = clock.now()
    with transaction():
        days = actions.changed_days()
    for day in days:
        with transaction():
            actions.count_day(day)
    with transaction():
        actions.count_ratings()
    with transaction():
        actions.finish(began_at)
