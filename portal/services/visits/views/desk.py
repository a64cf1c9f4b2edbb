"""The dispatcher's desk: a day's visits, what became of them, and how many there may be."""

import re
from datetime import date, timedelta
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.core.text import is_storable, local, today
from portal.services.visits import actions, queries
from portal.services.visits.actions import Finding
from portal.services.visits.forms import DayForm, PlacesForm, ResultForm
from portal.services.visits.models import Area, Visit
from portal.services.visits.slots import days_ahead
from portal.services.visits.states import BADGES, LABELS, STEPS, VisitState
from portal.services.visits.views.blueprint import bp, compensation

LONGEST_NAME = 60
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@bp.get("/staff/visits")
@allow(Permission.VISITS_WORK)
def list_visits() -> ResponseReturnValue:
    areas, day = queries.areas(), _asked_day()
    area = _asked_area() or (areas[0] if areas else None)
    return render_template(
        "services/visits/list_visits.html",
        areas=areas,
        area=area,
        day=day,
        today=today(),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        places=queries.places_of(area, [day])[day] if area else [],
        visits=queries.visits_on(area, day) if area else [],
        labels=LABELS,
        badges=BADGES,
        counts=queries.desk_counts(),
    )


@bp.route("/staff/visits/<uuid:visit_id>", methods=["GET", "POST"])
@allow(Permission.VISITS_WORK)
def record_result(visit_id: UUID) -> ResponseReturnValue:
    visit = queries.visit_of_desk(visit_id)
    form = ResultForm()
    if form.validate_on_submit():
        try:
            actions.record_result(
                visit, _finding(form, visit), compensation=compensation(), by=principal().user
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The result is written down."))
            return redirect(_day_url(visit), 303)
    return _result_page(visit, form)


@bp.route("/staff/visits/places", methods=["GET", "POST"])
@allow(Permission.VISITS_WORK)
def change_places() -> ResponseReturnValue:
    area = _asked_area()
    form = PlacesForm(data=_kept_places(area))
    if form.validate_on_submit():
        actions.change_places(form.area, form.by_weekday, by=principal().user)
        flash(_("The places are changed. Visits that are booked stay."))
        return redirect(url_for(".change_places", **form.area._asdict()), 303)
    return _places_page(area, form, DayForm(formdata=None))


@bp.post("/staff/visits/places/day")
@allow(Permission.VISITS_WORK)
def except_day() -> ResponseReturnValue:
    area, form = _asked_area(), DayForm()
    if area and form.validate_on_submit():
        actions.except_day(area, form.day.data, form.places.data, by=principal().user)
        flash(_("The places of this day are changed. Visits that are booked stay."))
        return redirect(url_for(".change_places", **area._asdict()), 303)
    return _places_page(area, PlacesForm(formdata=None, data=_kept_places(area)), form)


def _finding(form: ResultForm, visit: Visit) -> Finding:
    return Finding(
        result=VisitState(form.result.data),
        arrived_at=form.arrival_on(local(visit.starts_at).date()),
        obstacle=form.found_obstacle,
        words=form.words.data or "",
    )


def _result_page(visit: Visit, form: ResultForm) -> Response:
    return render_form(
        "services/visits/record_result.html",
        form,
        visit=visit,
        place=queries.address_of(visit),
        label=LABELS[VisitState(visit.state)],
        badge_state=BADGES[VisitState(visit.state)],
        is_over=not STEPS[VisitState(visit.state)],
        compensation=compensation(),
        day_url=_day_url(visit),
        now=clock.now(),
    )


def _places_page(area: Area | None, form: PlacesForm, day_form: DayForm) -> Response:
    ahead = days_ahead(today())
    page = render_form(
        "services/visits/change_places.html",
        form,
        day_form=day_form,
        area=area,
        areas=queries.areas(),
        exceptions=queries.exceptions_of(area, today(), ahead[-1]) if area else {},
    )
    if day_form.is_refused:
        page.status_code = 422
    return page


def _kept_places(area: Area | None) -> dict[str, object]:
    """Return what stands in the form of an area: 0 where nothing is set."""
    kept = queries.weekly_places(area) if area else {}
    places = {name: kept.get(weekday, 0) for weekday, name in enumerate(_WEEKDAYS)}
    return {**places, **(area._asdict() if area else {})}


def _asked_area() -> Area | None:
    named = Area(request.args.get("city", ""), request.args.get("district", ""))
    is_possible = all(len(part) <= LONGEST_NAME and is_storable(part) for part in named)
    return named if named.city and is_possible else None


def _asked_day() -> date:
    raw = request.args.get("day", "")
    try:
        return date.fromisoformat(raw) if _DAY.fullmatch(raw) else today()
    except ValueError:
        return today()


def _day_url(visit: Visit) -> str:
    day = local(visit.starts_at).date()
    return url_for(".list_visits", day=day.isoformat(), **visit.area._asdict())
