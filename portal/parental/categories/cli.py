"""Commands of the categories."""

from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from portal.config import Settings
from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import Marked, translate
from portal.parental.categories import actions, presenting, queries, refreshing
from portal.parental.categories.models import CategoryRelease
from portal.parental.categories.reading import LARGEST_FILE, read_names
from portal.parental.categories.registry import RegistryError, codes_of, registry, use
from portal.parental.comparison import names_above
from portal.parental.limits import never_blocked
from portal.parental.sites import Action, read_site

cli = AppGroup("categories", help="Categories and services that parents can close.")


@cli.command("list")
def show() -> None:
    """Print the sources, how many names they hold, and what is in force."""
    with transaction():
        for kept in queries.sources():
            state = f"fault: {_told(kept.fault)}" if kept.fault else f"refused {kept.refused}"
            click.echo(f"{kept.code}\t{kept.source}\t{kept.count} names\t{state}")
        for release in (queries.in_force(), queries.draft()):
            if release:
                click.echo(_described(release))


@cli.command("import")
@click.argument("code")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def take(code: str, files: tuple[Path, ...]) -> None:
    """Take lists from FILES into the category or service CODE; the next refresh prepares them."""
    if code not in registry():
        known = ", ".join(each.code for each in registry())
        raise click.ClickException(f"There is no {code}. Known are: {known}")
    for file in files:
        try:
            with file.open("rb") as opened:
                content = opened.read(LARGEST_FILE + 1)
            read = read_names(content, never_blocked=never_blocked(_settings()))
        except RuleError as fault:
            raise click.ClickException(f"{file}: {fault}") from None
        with transaction():
            actions.keep_names(code, actions.IMPORTED + file.name, read)
        click.echo(f"{file}: {len(read.names)} names, refused {read.refused}")
        for line, text, *why in read.samples:
            click.echo(f"  {line}: {text}: {_told(why)}")


@cli.command("forget")
@click.argument("code")
@click.argument("file")
def forget(code: str, file: str) -> None:
    """Forget a FILE that was imported into CODE; the next refresh prepares it."""
    with transaction():
        if not actions.forget_import(code, file):
            raise click.ClickException(f"Nothing named {file} was imported into {code}.")


@cli.command("refresh")
def look() -> None:
    """Look at every source of the registry, and prepare a release of what changed."""
    if not refreshing.refresh(_settings()):
        click.echo("Nothing differs from what is in force.")
        return
    with transaction():
        if draft := queries.draft():
            click.echo(_described(draft))


@cli.command("release")
def release() -> None:
    """Let the resolvers follow what was prepared."""
    with transaction():
        draft = queries.draft()
        if draft is None:
            raise click.ClickException("Nothing is prepared: flask categories refresh")
        _done(
            lambda: actions.release_draft(
                seen=str(draft.id), never_blocked=never_blocked(_settings()), by=None
            )
        )


@cli.command("roll-back")
@click.argument("number", type=int)
def go_back(number: int) -> None:
    """Release the names of release NUMBER again."""
    with transaction():
        seen = queries.newest_number()
        _done(
            lambda: actions.roll_back(
                number, seen=seen, never_blocked=never_blocked(_settings()), by=None
            )
        )


@cli.command("check")
@click.argument("site")
def check(site: str) -> None:
    """Print which categories and services close SITE now, and by which entry."""
    try:
        name = read_site(site, action=Action.ALLOW).name
    except RuleError as fault:
        raise click.ClickException(str(fault)) from None
    with transaction():
        masks = queries.mask_of_names([name, *names_above(name)])
    for entry, mask in masks.items():
        click.echo(f"{entry}\t{', '.join(codes_of(mask))}")
    if not masks:
        click.echo("nothing")


def _done(act: Any) -> None:
    try:
        click.echo(_described(act()))
    except RuleError as fault:
        raise click.ClickException(str(fault)) from None
    except NotFoundError:
        raise click.ClickException("There is no such release.") from None


def _described(release: CategoryRelease) -> str:
    lines = [f"release {release.number}" if release.number else "draft"]
    for code in presenting.in_order(release.counts):
        change = release.difference.get(code, {})
        added, removed = change.get("added", 0), change.get("removed", 0)
        lines.append(f"  {code}\t{release.counts[code]} names\t+{added} -{removed}")
    lines += [f"  CLOSES {site} by {entry} of {codes}" for site, entry, codes in release.blocked]
    return "\n".join(lines)


def _told(fault: list[Any]) -> str:
    message, values = fault
    return translate(Marked(message), **values)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def init_app(app: Flask) -> None:
    """Take the operator's own registry, if he names one. Raises RegistryError if it is wrong."""
    settings: Settings = app.config["SETTINGS"]
    if settings.categories_file:
        try:
            use(settings.categories_file)
        except RegistryError as error:
            raise RegistryError(f"CATEGORIES_FILE {settings.categories_file}: {error}") from None
