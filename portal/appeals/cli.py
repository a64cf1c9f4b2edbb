"""`flask appeals`: what an operator checks by hand or by night."""

import asyncio
import sys
from uuid import UUID

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import select

from portal.appeals import chain, queries
from portal.appeals.models import Appeal, Message, MessageBody
from portal.appeals.post import server
from portal.core import db
from portal.core.jobs import enqueue

cli = AppGroup("appeals", help="Appeals and their conversations.")
_BATCH = 500
_ERASE = "portal.appeals.jobs.erase_text"


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


@cli.command("erase-text")
@click.argument("number")
@click.argument("position", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="What the public reads where the text was.")
def erase_text(number: str, position: int, reason: str) -> None:
    """Erase the text of one message, as a law or a court demands; the worker does it.

    NUMBER is that of the appeal, POSITION that of the message, counted from 1.
    """
    with db.transaction(staff=True) as own:
        message_id = own.scalar(
            select(Message.id)
            .join(Appeal, Appeal.id == Message.appeal_id)
            .where(Appeal.number == number, Message.position == position)
        )
        if message_id is None:
            raise click.ClickException("No appeal with this number has such a message.")
        if not reason.strip():
            raise click.ClickException("Write the reason: it stands where the text was.")
        enqueue(own, _ERASE, message_id=str(message_id), reason=reason.strip())
    click.echo("The worker erases the text; a tombstone with the reason takes its place.")


@cli.command("post")
def take_post() -> None:
    """Take letters for the service address over SMTP, where MAIL_IN says, until SIGTERM."""
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    try:
        asyncio.run(server.serve(app))
    except OSError as error:
        raise click.ClickException(f"Nobody can listen at MAIL_IN: {error.strerror}.") from error


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
