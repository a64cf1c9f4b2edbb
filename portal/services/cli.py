"""Commands of services."""

from pathlib import Path
from typing import IO, Any

import click
from flask.cli import AppGroup

from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import reading_as
from portal.services import actions, watching
from portal.services.visits.actions import finish_order_visit

cli = AppGroup("services", help="Orders and money.")


@cli.command("finish-visit")
@click.argument("number")
def finish_visit(number: str) -> None:
    """Note that the technician has been at the address of order NUMBER."""
    _on_order(finish_order_visit, number)
    click.echo(f"{number}: activation starts")


@cli.command("retry")
@click.argument("number")
def retry(number: str) -> None:
    """Take up the held order NUMBER again."""
    _on_order(actions.retry_order, number)
    click.echo(f"{number}: tried again")


@cli.command("network")
def network() -> None:
    """Say whether the operator's network is asked, and which orders wait for it."""
    view = watching.network_now()
    if view.circuit.open_until:
        click.echo(f"network: not asked before {view.circuit.open_until:%Y-%m-%d %H:%M:%S} UTC")
    else:
        click.echo(f"network: asked, {view.circuit.failures} calls failed in a row")
    for state, (count, since) in view.waiting.items():
        click.echo(f"{state} {count}, the oldest since {since:%Y-%m-%d %H:%M:%S} UTC")


@cli.command("import-billing")
@click.argument("file", type=click.File("rb"))
def import_billing(file: IO[bytes]) -> None:
    """Take over balances and billed lines from FILE: one JSON object a line.

    The same FILE again does no harm, nor after an interruption. Fails if a line was refused.
    """
    source = Path(file.name).name.encode(errors="replace").decode()
    report = actions.import_feed(file, source=source)
    click.echo(f"taken {report.taken}, known already {report.known}")
    for number, fault, field in report.refused:
        click.echo(f"line {number} refused: {fault}{f' {field}' if field else ''}", err=True)
    if report.refused:
        raise SystemExit(1)


def _on_order(act: Any, number: str) -> None:
    try:
        with reading_as("en"), transaction(staff=True):
            act(number)
    except NotFoundError:
        raise click.ClickException(f"there is no order {number}") from None
    except RuleError as error:
        raise click.ClickException(str(error.marked.msgid) % error.values) from None
