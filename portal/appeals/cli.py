"""`flask appeals`: what an operator checks by hand or by night."""

import sys
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from portal.appeals import chain, queries
from portal.appeals.models import Appeal, Message, MessageBody
from portal.core import db

cli = AppGroup("appeals", help="Appeals and their conversations.")
_BATCH = 500


@cli.command("verify")
def verify() -> None:
    """Recompute every chain and every text's hash: prints each place that does not hold."""
    count, faults = 0, 0
    with db.transaction(staff=True) as own:
        for appeal in own.scalars(
            select(Appeal).order_by(Appeal.id).execution_options(yield_per=_BATCH)
        ):
            count += 1
            for fault in _faults_of(appeal):
                faults += 1
                click.echo(f"{appeal.number}: {fault}")
    click.echo(f"{count} appeals, {faults} faults")
    sys.exit(1 if faults else 0)


def _faults_of(appeal: Appeal) -> list[str]:
    links = queries.links(appeal)
    faults = []
    if broken := chain.first_break(links):
        faults.append(f"the chain breaks at message {broken}")
    if (links[-1].own if links else chain.GENESIS) != appeal.head:
        faults.append("the last message is not the head")
    return faults + [f"the text of message {place} was changed" for place in _changed(appeal.id)]


def _changed(appeal_id: UUID) -> list[int]:
    rows = db.session.execute(
        select(Message.position, Message.body_hash, MessageBody.salt, MessageBody.body)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(Message.appeal_id == appeal_id)
        .order_by(Message.position)
    )
    return [row.position for row in rows if chain.body_hash(row.salt, row.body) != row.body_hash]
