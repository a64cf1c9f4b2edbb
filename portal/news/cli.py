"""Commands of the newsletters."""

import sys

import click
from flask.cli import AppGroup

from portal.news.leaving import leave_by

cli = AppGroup("news", help="Newsletters.")


@cli.command("unsubscribe")
def unsubscribe() -> None:
    """End the newsletter named by the subject of an e-mail on standard input.

    For a mail server that pipes what is sent to unsubscribe@; `flask appeals post` takes it too.
    """
    click.echo(leave_by(sys.stdin.buffer.read()))
