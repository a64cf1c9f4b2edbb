"""Shapes of input."""

from datetime import UTC, date, datetime, time
from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal.catalog.places import CITIES
from portal.core.forms import PortalForm
from portal.core.text import ZONE, _l, gettext
from portal.services.visits.models import MOST_PLACES, Area
from portal.services.visits.queries import Offered, Place
from portal.services.visits.states import OBSTACLES, Obstacle, VisitState

_PLACES = _l("Write a number from 0 to 50.")


class SlotField(RadioField):
    """The times of the days ahead. Those that are taken can be seen and not chosen."""

    all_offered: Offered
    offered: dict[str, Place]

    def offer(self, offered: Offered) -> None:
        """Let these be the choices."""
        self.all_offered = offered
        self.offered = {
            place.slot.value: place for places in offered.days.values() for place in places
        }
        self.choices = [SelectChoice(value, value) for value in self.offered]

    @property
    def starts_at(self) -> datetime | None:
        """Return the beginning of the chosen slot, or None if it is none of the choices."""
        place = self.offered.get(self.data or "")
        return place.slot.starts_at if place else None


class SlotForm(PortalForm):
    """Choose a time for the technician."""

    slot = SlotField(
        _l("Time"), validators=[InputRequired(_l("Choose a time."))], validate_choice=False
    )

    def __init__(self, offered: Offered, **more: Any) -> None:
        super().__init__(**more)
        self.slot.offer(offered)

    def validate_slot(self, field: SlotField) -> None:
        if field.starts_at is None:
            raise ValidationError(gettext("This time can no longer be chosen. Choose another one."))


class ResultForm(PortalForm):
    """How a visit ended."""

    result = RadioField(
        _l("How did it end?"),
        choices=[
            SelectChoice(VisitState.DONE.value, _l("Done: the service can be switched on")),
            SelectChoice(VisitState.NOT_HOME.value, _l("Nobody was at home")),
            SelectChoice(VisitState.IMPOSSIBLE.value, _l("Could not be done")),
            SelectChoice(VisitState.MISSED.value, _l("We did not come")),
        ],
        validators=[InputRequired(_l("Choose how it ended."))],
    )
    arrived_at = TimeField(
        _l("The technician came at"),
        description=_l("Almaty time, on the day of the visit"),
        format=["%H:%M", "%H:%M:%S"],
        validators=[Optional()],
    )
    obstacle = SelectField(
        _l("Why could it not be done?"),
        choices=[SelectChoice("", _l("Choose a reason"))]
        + [SelectChoice(each.value, label) for each, label in OBSTACLES.items()],
    )
    words = TextAreaField(
        _l("What else should be known?"),
        description=_l("The customer reads it"),
        validators=[Length(max=1000, message=_l("This is too long: shorten it, please."))],
    )

    def arrival_on(self, day: date) -> datetime | None:
        """Return the time of arrival on the local day of the visit, aware, or None."""
        typed: time | None = self.arrived_at.data
        return datetime.combine(day, typed, tzinfo=ZONE).astimezone(UTC) if typed else None

    @property
    def found_obstacle(self) -> Obstacle | None:
        return Obstacle(self.obstacle.data) if self.obstacle.data else None


def _weekday(label: Any) -> IntegerField:
    return IntegerField(
        label,
        validators=[
            InputRequired(_PLACES),
            NumberRange(min=0, max=MOST_PLACES, message=_PLACES),
        ],
        render_kw={"min": 0, "max": MOST_PLACES, "inputmode": "numeric"},
    )


class PlacesForm(PortalForm):
    """How many visits each slot of a weekday takes in an area."""

    city = SelectField(
        _l("City"), choices=[SelectChoice(code, name) for code, name in CITIES.items()]
    )
    district = StringField(
        _l("District"),
        description=_l("As the addresses name it; empty for addresses without one"),
        validators=[Length(max=60, message=_l("This is too long: shorten it, please."))],
    )
    monday = _weekday(_l("Monday"))
    tuesday = _weekday(_l("Tuesday"))
    wednesday = _weekday(_l("Wednesday"))
    thursday = _weekday(_l("Thursday"))
    friday = _weekday(_l("Friday"))
    saturday = _weekday(_l("Saturday"))
    sunday = _weekday(_l("Sunday"))

    @property
    def weekdays(self) -> list[IntegerField]:
        """Return the seven fields, Monday first."""
        return [
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday,
            self.sunday,
        ]  # fmt: skip

    @property
    def area(self) -> Area:
        return Area(self.city.data, self.district.data or "")

    @property
    def by_weekday(self) -> dict[int, int]:
        return {weekday: field.data for weekday, field in enumerate(self.weekdays)}


class DayForm(PortalForm):
    """How many visits each slot of one date takes; nothing: as many as on its weekday."""

    day = DateField(_l("Date"), validators=[InputRequired(_l("Choose a date."))])
    places = IntegerField(
        _l("Visits in each slot"),
        description=_l("Empty: as on every such weekday"),
        validators=[Optional(), NumberRange(min=0, max=MOST_PLACES, message=_PLACES)],
        render_kw={"min": 0, "max": MOST_PLACES, "inputmode": "numeric"},
    )
