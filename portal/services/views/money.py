"""The month's statement, the balance, and where to pay."""

import re
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.text import today
from portal.services import queries
from portal.services.due import due_of
from portal.services.proration import Month
from portal.services.receipt import written_lines
from portal.services.views.blueprint import bp, settings

PER_PAGE = 50
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@bp.get("/a/<uuid:account_id>/money")
@allow(Permission.SERVICES_VIEW)
def show_money(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    account = principal().account
    present = Month.of(today())
    month = _asked_month(present)
    view = queries.month_of(account, month.first_day)
    first = _asked_place()
    return render_template(
        "services/show_money.html",
        view=view,
        month=month,
        is_present=month == present,
        lines=written_lines(view.statement.lines[first : first + PER_PAGE], view.names),
        first=first,
        following=first + PER_PAGE if len(view.statement.lines) > first + PER_PAGE else 0,
        due=due_of(
            account,
            total=view.statement.total,
            month=month,
            pay_day=settings().pay_day,
            template=settings().pay_url,
        ),
    )


def _asked_month(present: Month) -> Month:
    """Return the month of the address, if it is none to come; else the present one."""
    found = _MONTH.fullmatch(request.args.get("month", ""))
    asked = Month(int(found[1]), int(found[2])) if found else present
    return min(asked, present)


def _asked_place() -> int:
    raw = request.args.get("from", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 0
