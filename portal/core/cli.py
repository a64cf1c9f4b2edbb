"""Commands for translations."""

import click
from flask import current_app
from flask.cli import AppGroup

from portal.core import catalogues

cli = AppGroup("text", help="Translations of the portal.")


@cli.command("update")
@click.argument("features", nargs=-1)
def update(features: tuple[str, ...]) -> None:
    """Bring the catalogues of FEATURES (default: all) up to the sources."""
    root = current_app.config["ROOT"]
    for feature in features or catalogues.FEATURES:
        for language in catalogues.TRANSLATED:
            if path := catalogues.update(root, feature, language):
                click.echo(path.relative_to(root))


@cli.command("compile")
def compile_() -> None:
    """Compile what changed."""
    done = catalogues.compile_all(current_app.config["ROOT"])
    click.echo(f"compiled {done}")


@cli.command("check")
def check() -> None:
    """Fail on missing, fuzzy, unused and contradicting translations."""
    found = catalogues.faults(current_app.config["ROOT"])
    for fault in found:
        click.echo(f"{fault.language} {fault.feature}: “{fault.msgid}” {fault.what}")
    if found:
        raise click.ClickException(f"{len(found)} faults in the translations")
