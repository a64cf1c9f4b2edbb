"""`flask figures`: counting by hand, after a repair of data or of the counting itself."""

from datetime import datetime

import click
from flask.cli import AppGroup

from portal.core.db import transaction
from portal.figures import actions

cli = AppGroup("figures", help="Sums of promises and ratings by day.")
_DAY = click.DateTime(["%Y-%m-%d"])


@cli.command("count")
@click.argument("first", type=_DAY)
@click.argument("last", type=_DAY)
def count(first: datetime, last: datetime) -> None:
    """Count every day from FIRST to LAST (2026-11-22) anew; again gives the same."""
    days = actions.days_between(first.date(), last.date())
    for day in days:
        with transaction():
            actions.count_day(day)
            click.echo(day.isoformat())
    with transaction():
        actions.count_ratings(since=first.date())
    click.echo(f"{len(days)} days counted")
