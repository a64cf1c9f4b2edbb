"""Commands of services."""

from pathlib import Path
from typing import IO, Any

import click
from flask.cli import AppGroup

from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import reading_as
from portal.services import actions, queries, watching
from portal.services.compensating import CompensationSheet, read_sheet
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


@cli.command("compensation")
@click.argument("file", type=click.File("rb"), required=False)
def compensation(file: IO[bytes] | None) -> None:
    """Print the tables of compensation; with a YAML FILE add a version first.

    FILE has `since` (a day) and `lines`, each with `promise`, `per` (case or day), `amount` and
    `most` in tenge. What is credited already stays.
    """
    with transaction(staff=True):
        if file:
            actions.add_compensation_table(_read(file))
        for table in queries.compensation_tables():
            click.echo(f"version {table.version}, since {table.since_on}")
            for line in table.sheet.lines:
                click.echo(f"  {line.promise}: {line.amount} a {line.per}, {line.most} at most")


def _read(file: IO[bytes]) -> CompensationSheet:
    try:
        return read_sheet(file.read())
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _on_order(act: Any, number: str) -> None:
    try:
        with reading_as("en"), transaction(staff=True):
            act(number)
    except NotFoundError:
        raise click.ClickException(f"there is no order {number}") from None
    except RuleError as error:
        raise click.ClickException(str(error.marked.msgid) % error.values) from None
