"""`flask appeals`: what an operator checks by hand or by night."""

import asyncio
import sys
import textwrap

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import select

from portal.appeals import chain, queries, wholeness
from portal.appeals.models import Appeal, Message
from portal.appeals.post import actions as post
from portal.appeals.post import server
from portal.core import audit, db, files
from portal.core.jobs import enqueue

cli = AppGroup("appeals", help="Appeals and their conversations.")
_BATCH = 500
_ERASE = "portal.appeals.jobs.erase_text"


@cli.command("verify")
def verify() -> None:
    """Recompute every chain and the hash of each text and file: prints what does not hold."""
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
    """Erase text and files of one message, as a law or a court demands; the worker does it.

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
    click.echo("The worker erases text and files; a tombstone with the reason takes its place.")


@cli.command("post")
def take_post() -> None:
    """Take letters for the service address over SMTP, where MAIL_IN says, until SIGTERM."""
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    try:
        asyncio.run(server.serve(app))
    except OSError as error:
        raise click.ClickException(f"Nobody can listen at MAIL_IN: {error.strerror}.") from error


@cli.command("post-refused")
@click.option("--most", type=click.IntRange(min=1), default=50, show_default=True)
def show_refused(most: int) -> None:
    """Show letters that were taken for robots’ in the last 14 days, the newest first.

    A person’s among them is registered at the desk, as one from any other channel.
    """
    with db.transaction(staff=True):
        found, who = post.refused(most=most), audit.operator()
        audit.record_export("appeals.refused_letters_exported", rows=len(found), by=who, most=most)
        for letter in found:
            click.echo(f"{letter.received_at:%Y-%m-%d %H:%M}Z {letter.reason} {letter.sender}")
            click.echo(f"  {letter.subject}")
            click.echo(textwrap.indent(letter.body, "  | "))
        click.echo(f"{len(found)} letters")


def _faults_of(appeal: Appeal) -> list[str]:
    kept = queries.kept_of(appeal)
    if not kept:
        return [] if appeal.head == chain.GENESIS else ["all messages are missing"]
    broken = wholeness.check(queries.links(appeal), kept, files.fingerprint)
    return [f"message {each.place}: {each.fault}" for each in broken]
