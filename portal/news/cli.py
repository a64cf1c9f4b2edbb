"""Commands of the newsletters."""

import re
import sys
from email import message_from_binary_file
from email.policy import default

import click
from flask.cli import AppGroup

from portal.core.db import digest, transaction
from portal.core.errors import NotFoundError
from portal.news import actions, queries

cli = AppGroup("news", help="Newsletters.")

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@cli.command("unsubscribe")
def unsubscribe() -> None:
    """End the newsletter named by the subject of an e-mail on standard input.

    For the mail server: what is sent to unsubscribe@ (List-Unsubscribe: mailto) is piped here.
    An e-mail that names none is taken and changes nothing, for nobody reads an answer.
    """
    subject = str(message_from_binary_file(sys.stdin.buffer, policy=default)["Subject"] or "")
    found = _TOKEN.search(subject)
    if not found:
        click.echo("no newsletter named")
        return
    with transaction(token=digest(found[0])):
        click.echo(_end(found[0]))


def _end(token: str) -> str:
    try:
        behind = queries.subscription_behind(token)
    except NotFoundError:
        return "no newsletter named"
    actions.unsubscribe_by(behind, source="email")
    return "ended"
