"""Commands about other systems."""

from uuid import UUID

import click
from flask.cli import AppGroup

from portal.api import actions, queries
from portal.api.models import Scope
from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import iso

cli = AppGroup("api", help="Tokens of other systems.")


@cli.command("token")
@click.argument("system")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([each.value for each in Scope]))
@click.option("--days", default=365, show_default=True)
@click.option("--speaks-for", default="", help="The colleague in whose name tickets are written.")
def make_token(system: str, scopes: tuple[str, ...], days: int, speaks_for: str) -> None:
    """Make a token for SYSTEM and print it; it is kept nowhere."""
    try:
        with transaction(staff=True):
            _token, secret = actions.open_to(
                system,
                scopes={Scope(each) for each in scopes},
                days=days,
                speaks_for=queries.colleague(speaks_for),
            )
    except RuleError as error:
        raise click.ClickException(error.message) from error
    click.echo(secret)


@cli.command("tokens")
def list_tokens() -> None:
    """List the tokens: id, system, scopes, until when."""
    with transaction(staff=True):
        for token in queries.tokens():
            state = "revoked" if token.revoked_at else iso(token.expires_at)
            click.echo(f"{token.id} {token.system} {','.join(token.scopes)} {state}")


@cli.command("revoke")
@click.argument("token_id", type=click.UUID)
def revoke_token(token_id: UUID) -> None:
    """Let a token open nothing any more."""
    try:
        with transaction(staff=True):
            actions.revoke(queries.token_of(token_id))
    except NotFoundError as error:
        raise click.ClickException("there is no such token") from error
    click.echo("revoked")
