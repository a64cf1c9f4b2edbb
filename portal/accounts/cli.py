"""Commands about people."""

import click
from flask.cli import AppGroup

from portal.accounts import actions
from portal.accounts.models import StaffRole
from portal.core.db import transaction
from portal.core.errors import RuleError

cli = AppGroup("accounts", help="People and their sign-in.")


@cli.command("create-staff")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), prompt=True)
@click.password_option(help="Asked for when it is not given; it is not shown.")
def create_staff(name: str, email: str, role: str, password: str) -> None:
    """Make a sign-in for one of the operator's staff."""
    try:
        with transaction(staff=True):
            actions.create_staff(name=name, email=email, role=StaffRole(role), password=password)
    except RuleError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{email} signs in as {role}.")
