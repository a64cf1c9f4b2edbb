"""Demo data: each feature tells its own part of one story."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import text

from portal.accounts.demo_people import PEOPLE
from portal.core.db import transaction

STORY = (
    "catalog",
    "services",
    "services.rises",
    "parental",
    "parental.categories",
    "promises",
    "promises.planning",
    "appeals",
    "staff",
    "appeals.outages",
    "appeals.knowledge",
    "feedback",
    "feedback.shopping",
    "news",
    "api",
    "figures",
)

cli = AppGroup("demo", help="The people and things of the demo.")


def story(*, without: str = "") -> list[Any]:
    """Return the modules that tell the demo, in their order, but for the feature `without`."""
    named = (f"portal.{feature}.demo" for feature in STORY if feature != without)
    return [import_module(name) for name in named if find_spec(name)]


@cli.command("load")
def load() -> None:
    """Load the demo into an empty database: all of it, or nothing."""
    with transaction() as session:
        if session.scalar(text("select exists (select 1 from account)")):
            raise click.ClickException("There are accounts already; nothing was loaded.")
        cast = import_module("portal.accounts.demo").load()
        for chapter in story():
            chapter.load(cast)


@cli.command("people")
def show_people() -> None:
    """Print each person: name, e-mail, password and who he is, with tabs between."""
    for person in PEOPLE:
        click.echo("\t".join(person))
