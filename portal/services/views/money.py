"""Statements by month, the forecast of the next one, the balance, and where to pay."""

import re
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import files
from portal.core.access import Permission, allow
from portal.core.text import today
from portal.services import queries
from portal.services.due import due_of
from portal.services.paper import file_name, print_statement
from portal.services.proration import Month
from portal.services.receipt import RULES, bars_of, compared, written_lines
from portal.services.views.blueprint import bp, count_papers, settings

PER_PAGE = 50
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"20[0-9]{2}")


@bp.get("/a/<uuid:account_id>/money")
@allow(Permission.SERVICES_VIEW)
def show_money(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    account = principal().account
    present, begun = Month.of(today()), queries.first_month(account)
    month = _asked_month(begun, present.following)
    ledger = queries.ledger_of(account, month.preceding, orders=queries.unended_orders(account))
    statement, names = ledger.statement(month), ledger.names
    first = _asked_place(len(statement.lines))
    return render_template(
        "services/show_money.html",
        statement=statement,
        services=bars_of(statement, names),
        before=compared(ledger, month.preceding) if month > begun else None,
        after=compared(ledger, month) if month == present else None,
        begun=begun,
        rules=RULES,
        present=present,
        lines=written_lines(statement.lines[first : first + PER_PAGE], names),
        first=first,
        following=first + PER_PAGE if len(statement.lines) > first + PER_PAGE else 0,
        due=due_of(
            account,
            total=statement.total,
            month=month,
            pay_day=settings().pay_day,
            template=settings().pay_url,
        ),
    )


@bp.get("/a/<uuid:account_id>/money/statements")
@allow(Permission.SERVICES_VIEW)
def list_statements(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001
    account = principal().account
    present, begun = Month.of(today()), queries.first_month(account)
    year = _asked_year(begun, present)
    months = [Month(year, number) for number in range(12, 0, -1)]
    shown = [month for month in months if begun <= month <= present]
    ledger = queries.ledger_of(account, shown[-1])
    return render_template(
        "services/list_statements.html",
        statements=[ledger.statement(month) for month in shown],
        year=year,
        years=range(present.year, begun.year - 1, -1),
        present=present,
    )


@bp.get("/a/<uuid:account_id>/money/statement.pdf")
@allow(Permission.SERVICES_VIEW)
def download_statement(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001
    account = principal().account
    month = _asked_month(queries.first_month(account), Month.of(today()))
    count_papers()
    ledger = queries.ledger_of(account, month)
    return files.attachment(
        print_statement(account, ledger.statement(month), ledger.names, by=settings()),
        name=file_name(account, month),
        media_type="application/pdf",
    )


def _asked_month(first: Month, last: Month) -> Month:
    """Return the month of the address, no earlier and no later than these; else the present one."""
    found = _MONTH.fullmatch(request.args.get("month", ""))
    if found is None:
        return Month.of(today())
    asked = Month(int(found[1]), int(found[2]))
    return max(first, asked) if asked <= last else Month.of(today())


def _asked_year(first: Month, last: Month) -> int:
    found = _YEAR.fullmatch(request.args.get("year", ""))
    return min(max(int(found[0]), first.year), last.year) if found else last.year


def _asked_place(many: int) -> int:
    """Return the number of the first of `many` lines to show, as the address says; else 0."""
    raw = request.args.get("from", "")
    asked = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 0
    return asked if asked < many else 0
