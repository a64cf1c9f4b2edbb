"""Our promises, for everybody; and the analysis, for staff."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import audit
from portal.core.access import Permission, allow
from portal.core.spreadsheet import csv_of
from portal.core.text import _l, today
from portal.core.text import month as month_name
from portal.feedback.measuring import RatingFigures
from portal.feedback.measuring import total as all_ratings
from portal.feedback.shopping.queries import shopping_figures
from portal.figures import queries
from portal.figures.telling import FEWEST, Sums, Times, share_of, total
from portal.figures.words import CHANNELS, KINDS, PROMISES, RATED, named
from portal.services.proration import Month

SHOWN = 12
IN_FILE = 24
_OF_APPEALS = ("appeal", "contact")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_HEAD = (
    *(_l("Month"), _l("Channel"), _l("Received"), _l("Answered in time"), _l("Too late")),
    *(_l("Replaced"), _l("No longer needed"), _l("Still in time"), _l("Open and late now")),
    *(_l("Median, minutes"), _l("90th percentile, minutes")),
    *(_l("Asked for a rating"), _l("Rated"), _l("Gave 4 or 5")),
)
_STAFF_HEAD = (*(_l("Month"), _l("Counted by"), _l("Group")), *_HEAD[2:11])

bp = Blueprint("figures", __name__)


@bp.context_processor
def words() -> dict[str, Any]:
    """Give templates the names of what is counted."""
    return {
        "channel_name": lambda word: named(CHANNELS, word),
        "kind_name": lambda word: named(KINDS, word),
        "promise_name": lambda word: named(PROMISES, word),
        "rated_name": lambda word: named(RATED, word),
        "share_of": share_of,
    }


@bp.get("/promises")
@allow(Permission.PUBLIC)
def show_promises() -> ResponseReturnValue:
    chosen = _asked_month()
    sums = queries.sums_by("channel", chosen)
    return render_template(
        "figures/show_promises.html",
        sums=sums,
        whole=total(sums, only_told=True),
        kinds=queries.kinds_of(chosen, channels=[c for c, each in sums.items() if each.is_told]),
        ratings=_by_channel(queries.ratings_of(chosen)),
        **_months(chosen, only_told=True),
    )


@bp.get("/promises.csv")
@allow(Permission.PUBLIC)
def download_promises() -> Response:
    """Give the last months by channel; a group of fewer than ten has its name and nothing else."""
    first, last = _last_months()
    ratings = queries.ratings_between(first, last)
    rows = [
        (
            _name(month),
            named(CHANNELS, channel),
            *(_counted(sums) if sums.is_told else [""] * 9),
            *_rated(_of_channel(ratings, month, channel), is_told=sums.is_told),
        )
        for (month, channel), sums in queries.sums_between("channel", first, last).items()
    ]
    return _file([str(title) for title in _HEAD], rows, "our-promises.csv")


@bp.get("/staff/analysis")
@allow(Permission.ANALYSIS_VIEW)
def show_analysis() -> ResponseReturnValue:
    chosen = _asked_month()
    channels, rated = queries.sums_by("channel", chosen), _ratings_until(chosen)
    ratings = rated[chosen]
    return render_template(
        "figures/show_analysis.html",
        groups=(("channel", channels), ("kind", queries.sums_by("kind", chosen))),
        whole=total(channels),
        kinds=queries.kinds_of(chosen, channels=channels),
        specialists=queries.specialists_of(chosen),
        ratings=ratings,
        all_ratings=all_ratings(ratings.values()),
        good_columns=_columns(
            (each, _percent(all_ratings(r.values()))) for each, r in rated.items()
        ),
        shopping=shopping_figures(chosen.first_day),
        **_months(chosen, only_told=False),
    )


@bp.get("/staff/analysis.csv")
@allow(Permission.ANALYSIS_VIEW)
def download_analysis() -> Response:
    """Give the last months by channel and by kind, every group, without persons.

    Records `figures.analysis_exported`.
    """
    first, last = _last_months()
    rows = [
        (_name(month), str(title), named(names, word), *_counted(sums))
        for key, title, names in (("channel", _l("Channel"), CHANNELS), ("kind", _l("Kind"), KINDS))
        for (month, word), sums in queries.sums_between(key, first, last).items()
    ]
    audit.record_export(
        "figures.analysis_exported",
        actor=principal().user,
        rows=len(rows),
        months=f"{_name(first)}/{_name(last)}",
    )
    return _file([str(title) for title in _STAFF_HEAD], rows, "analysis.csv")


def _months(chosen: Month, *, only_told: bool) -> dict[str, Any]:
    """Return the chosen month, its neighbours, and the share in time of the months before."""
    months = queries.months_until(chosen, count=SHOWN, only_told=only_told)
    return {
        "month": chosen,
        "name": _name(chosen),
        "following": chosen.following if chosen < Month.of(today()) else None,
        "columns": _columns((each, sums.share) for each, sums in months),
        "counted_at": queries.counted_at(),
    }


def _columns(shares: Iterable[tuple[Month, int | None]]) -> list[tuple[str, int]]:
    """Return a chart's columns of percentages by month; one that is not told has none."""
    return [
        (f"{month_name(each.first_day)[:3]} {each.year % 100:02d}", share)
        for each, share in shares
        if share is not None
    ]


def _ratings_until(chosen: Month) -> dict[Month, dict[tuple[str, str], RatingFigures]]:
    """Return the figures of ratings of the last months, oldest first, by what was rated."""
    months = [chosen]
    while len(months) < SHOWN:
        months.append(months[-1].preceding)
    found: dict[Month, dict[tuple[str, str], RatingFigures]] = {m: {} for m in reversed(months)}
    for (month, *rated), each in queries.ratings_between(months[-1], chosen).items():
        found[month][rated[0], rated[1]] = each
    return found


def _percent(figures: RatingFigures) -> int | None:
    """Return the share of 4 and 5 in percent; of too few none."""
    return None if figures.share is None else round(figures.share * 100)


def _counted(sums: Sums) -> list[object]:
    numbers = (sums.received, sums.in_time, sums.late, sums.replaced, sums.released, sums.running)
    return [*numbers, sums.late_open, *_minutes(sums.times)]


def _minutes(times: Times) -> list[object]:
    both = (times.median, times.slow)
    return [int(each.total_seconds()) // 60 if each is not None else "" for each in both]


def _rated(figures: RatingFigures, *, is_told: bool) -> list[object]:
    if not is_told or figures.asked < FEWEST:
        return ["", "", ""]
    return [figures.asked, figures.answered, figures.good]


def _by_channel(figures: Mapping[tuple[str, str], RatingFigures]) -> dict[str, RatingFigures]:
    """Return the figures of ratings of appeals and calls by their channel."""
    found: dict[str, RatingFigures] = {}
    for (kind, channel), each in figures.items():
        if kind in _OF_APPEALS:
            found[channel] = found.get(channel, RatingFigures()) + each
    return found


def _of_channel(
    figures: Mapping[tuple[Month, str, str], RatingFigures], month: Month, channel: str
) -> RatingFigures:
    return all_ratings(figures.get((month, kind, channel), RatingFigures()) for kind in _OF_APPEALS)


def _last_months() -> tuple[Month, Month]:
    last = first = Month.of(today())
    for _ in range(IN_FILE - 1):
        first = first.preceding
    return first, last


def _name(chosen: Month) -> str:
    return f"{chosen.year}-{chosen.number:02d}"


def _asked_month() -> Month:
    """Return the month of the address, if it is none to come; else the present one."""
    present = Month.of(today())
    found = _MONTH.fullmatch(request.args.get("month", ""))
    return min(Month(int(found[1]), int(found[2])), present) if found else present


def _file(head: Sequence[str], rows: Sequence[Sequence[object]], name: str) -> Response:
    response = make_response(csv_of(head, rows))
    response.headers.set("Content-Type", "text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
