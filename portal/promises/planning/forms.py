"""Shapes of input: a line of the policy, a calendar, a release, a re-basing."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import PortalForm
from portal.core.text import _l
from portal.promises.planning.lines import CHANNELS, KINDS, Row
from portal.promises.planning.words import (
    CALENDAR_NAMES,
    CHANNEL_NAMES,
    DAY_NAMES,
    KIND_NAMES,
    RULE_NAMES,
)
from portal.promises.planning.writing import (
    Rows,
    exceptions_of,
    hours_of,
    written_exceptions,
    written_hours,
)
from portal.promises.policy import Rule
from portal.sla import kazakhstan

_LONGEST_NOTE = 500
_LONGEST_GRACE = 600
MINUTES, DAYS, DAYS_END = "minutes", "days", "days_end"


class _BoxesField(SelectMultipleField):
    """Several of several, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SeenForm(PortalForm):
    """Whoever saves says which state of the draft he saw."""

    seen = HiddenField()


class LineForm(SeenForm):
    """A line of the policy: how long, by which calendar, for which appeals."""

    rule = SelectField(
        _l("Rule"),
        choices=[SelectChoice(rule.value, RULE_NAMES[rule]) for rule in Rule],
        validators=[InputRequired(_l("Choose a rule."))],
    )
    amount = IntegerField(
        _l("How much"),
        description=_l("0 minutes is “at once”; 0 working days, until its end, is the same day."),
        validators=[
            InputRequired(_l("Write a whole number, 0 or more.")),
            NumberRange(min=0, max=1_000_000, message=_l("Write a whole number, 0 or more.")),
        ],
    )
    unit = RadioField(
        _l("Of what"),
        choices=[
            SelectChoice(MINUTES, _l("minutes of working time")),
            SelectChoice(DAYS, _l("working days, to the same clock time")),
            SelectChoice(DAYS_END, _l("working days, to the end of the last one")),
        ],
        validators=[InputRequired(_l("Choose what is counted."))],
    )
    calendar = SelectField(_l("Calendar"), validators=[InputRequired(_l("Choose a calendar."))])
    grace = IntegerField(
        _l("At least, in minutes"),
        description=_l("What stays in any case, for example at 23:55. Usually 0."),
        validators=[
            Optional(),
            NumberRange(min=0, max=_LONGEST_GRACE, message=_l("Write a number from 0 to 600.")),
        ],
    )
    channels = _BoxesField(
        _l("Only for these channels"),
        description=_l("None chosen: for all."),
        choices=[SelectChoice(each, CHANNEL_NAMES[each]) for each in CHANNELS],
    )
    kinds = _BoxesField(
        _l("Only for these appeals"),
        description=_l("None chosen: for all."),
        choices=[SelectChoice(each, KIND_NAMES[each]) for each in KINDS],
    )

    def __init__(self, calendars: Iterable[str], **more: Any) -> None:
        super().__init__(**more)
        self.calendar.choices = [
            SelectChoice(name, CALENDAR_NAMES.get(name, name)) for name in calendars
        ]

    @property
    def row(self) -> Row:
        """Return the line as a version of the policy keeps it."""
        row: dict[str, Any] = {"rule": self.rule.data, "calendar": self.calendar.data}
        row |= (
            {"minutes": self.amount.data}
            if self.unit.data == MINUTES
            else {"working_days": self.amount.data}
        )
        if self.unit.data == DAYS_END:
            row["end_of_day"] = True
        if self.grace.data:
            row["grace_minutes"] = self.grace.data
        for part in (self.channels, self.kinds):
            if part.data:
                row[part.name] = list(part.data)
        return row


class CalendarForm(SeenForm):
    """A week, the days that differ, and the zone whose clock they follow."""

    name = StringField(
        _l("Short name"),
        description=_l("Latin letters, for example: weekend-team."),
        validators=[
            Regexp(
                r"[a-z][a-z0-9-]{1,30}", message=_l("Use 2 to 31 small Latin letters, digits, -.")
            )
        ],
    )
    tz = StringField(_l("Time zone"), validators=[InputRequired(_l("Write it like Asia/Almaty."))])
    day_0 = StringField(DAY_NAMES[0], description=_l("For example 09:00–13:00, 14:00–18:00."))
    day_1 = StringField(DAY_NAMES[1])
    day_2 = StringField(DAY_NAMES[2])
    day_3 = StringField(DAY_NAMES[3])
    day_4 = StringField(DAY_NAMES[4])
    day_5 = StringField(DAY_NAMES[5])
    day_6 = StringField(DAY_NAMES[6])
    exceptions = TextAreaField(
        _l("Days that differ"),
        description=_l(
            "A line each: 31.08.2026 is a day off, 05.09.2026: 09:00–18:00 is a working one."
        ),
    )
    is_official = BooleanField(
        _l("Add the official days off of Kazakhstan that are known"),
        description=_l("What stands in the lines above goes before them."),
    )

    @property
    def days(self) -> list[Any]:
        """Return the fields of the week, Monday first."""
        return [self[f"day_{day}"] for day in range(7)]

    def read(self) -> dict[str, Any]:
        """Return the calendar as a version keeps it. Raises RuleError for hours or days amiss."""
        week = {str(at): hours_of(f.data or "", field=f.name) for at, f in enumerate(self.days)}
        official = kazakhstan.days_off(*kazakhstan.DAYS_OFF) if self.is_official.data else []
        days: dict[str, Rows] = {day.isoformat(): [] for day in official}
        days |= exceptions_of(self.exceptions.data or "")
        return {
            "tz": self.tz.data or "",
            "week": {day: rows for day, rows in week.items() if rows},
            "exceptions": dict(sorted(days.items())),
        }


class ReleaseForm(SeenForm):
    """From which day on, and what changes."""

    since = DateField(
        _l("In force from"),
        description=_l("From midnight. Promises made before stay as they are."),
        validators=[InputRequired(_l("Choose a day to come."))],
    )
    note = TextAreaField(
        _l("What changes, and why"),
        validators=[
            InputRequired(_l("Write what changes and why, for those who come after you.")),
            Length(max=_LONGEST_NOTE, message=_l("Write 500 characters at most.")),
        ],
    )


class RebaseForm(PortalForm):
    """Why what runs is put under another version."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("The customer reads it where his promise got another time."),
        validators=[
            InputRequired(_l("Write why it is needed.")),
            Length(max=_LONGEST_NOTE, message=_l("Write 500 characters at most.")),
        ],
    )


def line_values(row: Row) -> dict[str, Any]:
    """Return a line of the policy as its form begins."""
    minutes = row.get("minutes")
    unit = DAYS_END if row.get("end_of_day") else DAYS if minutes is None else MINUTES
    return {
        "rule": row["rule"],
        "amount": minutes if minutes is not None else row.get("working_days", 0),
        "unit": unit,
        "calendar": row["calendar"],
        "grace": row.get("grace_minutes", 0),
        "channels": list(row.get("channels", ())),
        "kinds": list(row.get("kinds", ())),
    }


def calendar_values(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a calendar as its form begins."""
    week = {f"day_{day}": written_hours(body["week"].get(str(day), ())) for day in range(7)}
    return week | {
        "tz": body["tz"],
        "exceptions": written_exceptions(body.get("exceptions", {})),
    }
