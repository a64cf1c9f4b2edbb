"""Why customers leave: the analysis for staff."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.catalog.families import Family
from portal.catalog.models import Offering
from portal.catalog.queries import offerings_by_code
from portal.core import audit
from portal.core.access import Permission, allow
from portal.core.spreadsheet import csv_of
from portal.core.text import Marked, _l, local, today, translate
from portal.services.forms import REASONS
from portal.services.leaving import by_reason, crossed
from portal.services.models import Quote
from portal.services.proration import Month
from portal.services.queries import leaving
from portal.services.states import OrderState
from portal.services.views.blueprint import bp

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_NOT_SAID = _l("Not said")
_OUTCOMES: dict[str, tuple[Marked, str]] = {
    "left": (_l("Disconnected"), "bad"),
    "leaving": (_l("Being disconnected"), "warn"),
    "stayed": (_l("Kept after all"), "ok"),
}


@bp.get("/staff/leaving")
@allow(Permission.LEAVING_VIEW)
def show_leaving() -> ResponseReturnValue:
    present = Month.of(today())
    month = _asked_month(present)
    after = request.args.get("after")
    answers = leaving.answers_page(month, after=after)
    return render_template(
        "services/show_leaving.html",
        month=month,
        following=month.following if month < present else None,
        answers=answers,
        after=after,
        outcomes=_outcomes(answers.items),
        words_of=_words_of,
        **_tables(month),
    )


@bp.get("/staff/leaving/answers.csv")
@allow(Permission.LEAVING_VIEW)
def download_leaving() -> Response:
    """Give every answer of a month as a table, without customers.

    Records `services.leaving_exported`.
    """
    month = _asked_month(Month.of(today()))
    answers = leaving.answers_of(month)
    outcomes = _outcomes(answers)
    head = [_l("Day"), _l("Outcome"), _l("Reason"), _l("Kind"), _l("Service"), _l("In their words")]
    rows = [
        (
            local(each.created_at).date().isoformat(),
            str(outcomes[each.id][0]),
            _words_of(each.reason or ""),
            str(Family(each.offering.family).label),
            each.offering.name,
            each.words or "",
        )
        for each in answers
    ]
    chosen = f"{month.year}-{month.number:02d}"
    audit.record_export(
        "services.leaving_exported", actor=principal().user, rows=len(rows), month=chosen
    )
    response = make_response(csv_of([str(title) for title in head], rows))
    response.headers.set("Content-Type", "text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"leaving-{chosen}.csv")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _tables(month: Month) -> dict[str, Any]:
    left = leaving.left_in(month)
    lines = by_reason(left, leaving.stayed_in(month))
    reasons = [line.reason for line in lines if line.left]
    offerings = offerings_by_code()
    is_by_kind = request.args.get("by") == "kind"
    return {
        "lines": lines,
        "left": sum(line.left for line in lines),
        "stayed": sum(line.stayed for line in lines),
        "reasons": reasons,
        "is_by_kind": is_by_kind,
        "crossed": crossed(left, reasons, lambda code: _name(offerings[code], is_by_kind)),
    }


def _name(offering: Offering, is_by_kind: bool) -> str:
    return str(Family(offering.family).label) if is_by_kind else offering.name


def _words_of(reason: str) -> str:
    return translate(REASONS.get(reason, _NOT_SAID))


def _outcomes(quotes: Sequence[Quote]) -> dict[Any, tuple[Marked, str]]:
    states = leaving.outcomes_of(quotes)
    return {quote.id: _OUTCOMES[_outcome(states.get(quote.id))] for quote in quotes}


def _outcome(state: OrderState | None) -> str:
    if state in {None, OrderState.CANCELLED, OrderState.FAILED}:
        return "stayed"
    return "left" if state is OrderState.COMPLETED else "leaving"


def _asked_month(present: Month) -> Month:
    """Return the month of the address, if it is none to come; else the present one."""
    found = _MONTH.fullmatch(request.args.get("month", ""))
    asked = Month(int(found[1]), int(found[2])) if found else present
    return min(asked, present)
