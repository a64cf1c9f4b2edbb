"""Commands of services."""

import json
from collections.abc import Iterator
from typing import IO, Any

import click
from flask.cli import AppGroup

from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import reading_as
from portal.services import actions

cli = AppGroup("services", help="Orders and money.")


@cli.command("finish-visit")
@click.argument("number")
def finish_visit(number: str) -> None:
    """Note that the technician has been at the address of order NUMBER."""
    _on_order(actions.finish_visit, number)
    click.echo(f"{number}: activation starts")


@cli.command("retry")
@click.argument("number")
def retry(number: str) -> None:
    """Take up the held order NUMBER again."""
    _on_order(actions.retry_order, number)
    click.echo(f"{number}: tried again")


@cli.command("import-billing")
@click.argument("file", type=click.File(encoding="utf-8"))
def import_billing(file: IO[str]) -> None:
    """Take over balances and billed lines from FILE: one JSON object a line."""
    with transaction(staff=True):
        report = actions.import_feed(_objects(file))
    click.echo(f"taken {report.taken}, older than known {report.stale}")
    for number, why in report.refused:
        click.echo(f"line {number} refused: {why}", err=True)
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


def _objects(file: IO[str]) -> Iterator[dict[str, Any]]:
    """Give the object of each line; a line that is none gives what the import will refuse."""
    for line in file:
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        yield found if isinstance(found, dict) else {"kind": "no JSON object"}
