"""`flask sla`: what an operator checks by hand or by night."""

import sys
from itertools import groupby

import click
from flask.cli import AppGroup
from sqlalchemy import select

from portal.core import db
from portal.promises import actions, queries
from portal.promises.models import PromiseEvent

cli = AppGroup("sla", help="Promises and their clocks.")
_BATCH = 500


@cli.command("verify")
def verify() -> None:
    """Rebuild every promise from its events and compare: prints each difference."""
    subjects, found = 0, 0
    with db.transaction(staff=True) as own:
        rows = own.scalars(
            select(PromiseEvent)
            .order_by(PromiseEvent.subject_kind, PromiseEvent.subject_id, PromiseEvent.seq)
            .execution_options(yield_per=_BATCH)
        )
        for (kind, subject_id), events in groupby(
            rows, key=lambda row: (row.subject_kind, row.subject_id)
        ):
            subjects += 1
            for line in actions.differences(
                actions.Subject(kind, subject_id), queries.case_from(events)
            ):
                found += 1
                click.echo(line)
    click.echo(f"{subjects} subjects, {found} differences")
    sys.exit(1 if found else 0)
