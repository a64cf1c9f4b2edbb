"""Commands of the catalogue."""

from typing import IO

import click
from flask.cli import AppGroup

from portal.catalog.actions import load_catalogue
from portal.catalog.reading import CatalogueError, read_catalogue
from portal.core.db import transaction

cli = AppGroup("catalog", help="The catalogue of services.")


@cli.command("load")
@click.argument("file", type=click.File(encoding="utf-8"))
def load(file: IO[str]) -> None:
    """Add or change offerings from a YAML FILE: all of it, or nothing."""
    try:
        sheet = read_catalogue(file.read())
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name}: is not UTF-8 text. Nothing was loaded.") from None
    except CatalogueError as error:
        faults = "\n".join(f"{file.name}: {fault}" for fault in error.faults)
        raise click.ClickException(f"{faults}\nNothing was loaded.") from None
    with transaction(staff=True):
        done = load_catalogue(sheet)
    click.echo(f"added {done.added}, changed {done.changed}, new prices {done.repriced}")
