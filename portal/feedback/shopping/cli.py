"""Commands of mystery shopping."""

import click
from flask.cli import AppGroup

from portal.core.db import transaction
from portal.feedback.shopping import actions

cli = AppGroup("shopping", help="Mystery shopping.")


@cli.command("load")
def load() -> None:
    """Take over the checklists of checklists.yaml; what has changed becomes a new version."""
    with transaction():
        codes = actions.load_checklists()
    click.echo(f"new versions: {', '.join(codes) or 'none'}")
