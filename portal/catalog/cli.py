"""Commands of the catalogue."""

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.catalog.actions import load_catalogue
from portal.catalog.faults import CatalogueError
from portal.catalog.queries import released
from portal.catalog.reading import read_file
from portal.catalog.writing import write_catalogue
from portal.core.db import transaction

cli = AppGroup("catalog", help="The catalogue of services.")


@cli.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why, for the list of versions.")
def load(file: Path, reason: str) -> None:
    """Add or change offerings from a YAML FILE and release them: all of it, or nothing."""
    try:
        sheet = read_file(file.read_bytes())
    except CatalogueError as error:
        faults = "\n".join(f"{file}: {fault}" for fault in error.faults)
        raise click.ClickException(f"{faults}\nNothing was loaded.") from None
    with transaction(staff=True):
        done = load_catalogue(sheet, reason=reason or file.name)
    click.echo(f"added {done.added}, changed {done.changed}, new prices {done.repriced}")


@cli.command("export")
def export() -> None:
    """Print the catalogue as customers have it now, as a YAML file that `load` reads."""
    with transaction(staff=True):
        click.echo(write_catalogue(released()), nl=False)
