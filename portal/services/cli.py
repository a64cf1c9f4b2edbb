"""Commands of services."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import click
from flask.cli import AppGroup

from portal.accounts import actions as accounts
from portal.accounts.contracts import Known, read_contracts
from portal.catalog.queries import known_cities_and_technologies
from portal.core import audit
from portal.core.csv_file import HeadError, RefusedLine
from portal.core.db import transaction
from portal.core.errors import NotFoundError, RuleError
from portal.core.spreadsheet import safe_cell
from portal.core.text import reading_as, today
from portal.services import actions, queries, watching
from portal.services.compensating import CompensationSheet, read_sheet
from portal.services.running_file import read_running
from portal.services.visits.actions import finish_order_visit

MOST_TOLD = 20
MOST_READ = 1000  # rows at once
_REFUSED = "Where to write why lines were refused; without it the first 20 are told."

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
    report = actions.import_feed(file, source=_name(file))
    click.echo(f"taken {report.taken}, known already {report.known}")
    for number, fault, field in report.refused:
        click.echo(f"line {number} refused: {fault}{f' {field}' if field else ''}", err=True)
    if report.refused:
        raise SystemExit(1)


@cli.command("import-contracts")
@click.argument("file", type=click.File("rb"))
@click.option("--refused", type=click.File("w", encoding="utf-8", lazy=False), help=_REFUSED)
def import_contracts(file: IO[bytes], refused: IO[str] | None) -> None:
    """Take over contracts from FILE (CSV): one line per address.

    The same FILE again changes nothing, what FILE does not name stays. Fails if a line was refused.
    """
    with transaction(staff=True):
        known = Known(*known_cities_and_technologies(), today())
    with _taking(file, refused) as taking:
        taken = accounts.import_contracts(read_contracts(file, known), **taking)
        click.echo(
            f"{taken.lines} lines: contracts new {taken.new}, changed {taken.changed};"
            f" addresses new {taken.new_addresses}, changed {taken.changed_addresses}"
        )


@cli.command("import-running")
@click.argument("file", type=click.File("rb"))
@click.option("--refused", type=click.File("w", encoding="utf-8", lazy=False), help=_REFUSED)
def import_running(file: IO[bytes], refused: IO[str] | None) -> None:
    """Take over services that run already from FILE (CSV), at the catalogue's present prices.

    The same FILE again changes nothing. Fails if a line was refused.
    """
    with _taking(file, refused) as taking:
        taken = actions.import_running(read_running(file, today=today()), **taking)
        click.echo(f"begun {taken.begun}, known already {taken.known}")


@cli.command("references")
def references() -> None:
    """Print as CSV under which reference billing names the monthly line of what runs now.

    In the feed `:` and the month follow, e.g. `:2026-11`.
    """
    _print_rows([("number", "offering", "city", "street", "reference")])
    last, count = None, 0
    try:
        while rows := _running_after(last):
            last, count = rows[-1].id, count + len(rows)
            _print_rows((*map(safe_cell, cells), f"subscription:{each}") for each, *cells in rows)
    finally:  # Whoever reads may have had enough.
        audit.record_export("services.references_exported", rows=count, by=audit.operator())


def _running_after(last: UUID | None) -> Sequence[Any]:
    with transaction(staff=True):
        return queries.running_after(last, limit=MOST_READ)


def _print_rows(rows: Iterable[tuple[object, ...]]) -> None:
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\n").writerows(rows)
    click.echo(kept.getvalue(), nl=False)


@contextmanager
def _taking(file: IO[bytes], refused: IO[str] | None) -> Iterator[dict[str, Any]]:
    """Say whose file it is, tell the lines that it refuses, and fail at the end if there are any.

    All are written to `refused`, else the first MOST_TOLD are told.
    """
    count = 0

    def refuse(line: RefusedLine) -> None:
        nonlocal count
        count += 1
        if refused:
            refused.write(f"{line}\n")
        elif count <= MOST_TOLD:
            click.echo(line, err=True)

    try:
        yield {"source": _name(file), "by": audit.operator(), "refuse": refuse}
    except HeadError as error:
        raise click.ClickException(f"line 1: {error}. Nothing was taken.") from None
    if count:
        raise click.ClickException(f"Refused lines: {count}{_where(refused, count)}.")


def _where(refused: IO[str] | None, count: int) -> str:
    if refused:
        return f"; they stand in {refused.name}"
    return "; name a file with --refused to see all" if count > MOST_TOLD else ""


def _name(file: IO[bytes]) -> str:
    return Path(file.name).name.encode(errors="replace").decode()


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
