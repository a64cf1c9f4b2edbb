"""The shape of what parents send about the times of the week."""

import re
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.text import _l, gettext
from portal.parental.forms.profiles import SwitchesForm
from portal.parental.settings import DAY_SLOTS, LONGEST_WINDOW_NAME, TimeWindow
from portal.parental.week import HOLIDAY, Painted, has_usual_holidays, interval
from portal.parental.words import clock_of, day_names


class WeekField(Field):
    """The painted grid: boxes whose values are day-halfhour, such as 6-43; data is a Painted."""

    data: Painted
    _CELL = re.compile(r"([0-7])-([0-9]|[1-3][0-9]|4[0-7])")

    def process_formdata(self, valuelist: list[str]) -> None:
        found = [self._CELL.fullmatch(value) for value in valuelist]
        cells = {(int(each[1]), int(each[2])) for each in found if each}
        self.data = Painted(frozenset(cells))
        if not all(found):
            raise ValueError(gettext("The grid did not arrive whole. Please paint it again."))


INTERNET, CHOSEN = "internet", "chosen"
AS_USUAL, OWN_COLUMN = "same", "own"
CLOSE, OPEN = "close", "open"


class WindowForm(SwitchesForm):
    """A time of the week: what it closes, and when."""

    name = StringField(
        _l("What it is called"),
        description=_l("For example “Lessons” or “Training”."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_WINDOW_NAME},
    )
    what = RadioField(
        _l("What is closed at this time?"),
        choices=[
            SelectChoice(INTERNET, _l("The whole internet: bedtime")),
            SelectChoice(CHOSEN, _l("Only what I choose")),
        ],
        default=INTERNET,
        validators=[InputRequired(_l("Choose what is closed."))],
    )
    own_rules = BooleanField(
        _l("Sites of the list that are marked “only at the times of the schedule”")
    )
    does = RadioField(
        _l("At this time"),
        choices=[SelectChoice(CLOSE, _l("Close")), SelectChoice(OPEN, _l("Leave open"))],
        default=CLOSE,
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    days = SelectMultipleField(
        _l("Days"),
        coerce=int,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )
    begins = SelectField(_l("From"), coerce=int, default=43)
    ends = SelectField(_l("Until"), coerce=int, default=14)
    week = WeekField(_l("Half-hours of the week"), default=lambda: Painted(frozenset()))
    holidays = RadioField(
        _l("On public holidays"),
        choices=[
            SelectChoice(AS_USUAL, _l("As on the same day of any week")),
            SelectChoice(OWN_COLUMN, _l("As the column “Holidays” says; left empty: never")),
        ],
        default=AS_USUAL,
        validators=[InputRequired(_l("Choose what counts on public holidays."))],
    )

    def __init__(self, *args: Any, window: TimeWindow | None = None, **options: Any) -> None:
        super().__init__(*args, **options | _shown(window))
        self.days.choices = [
            *(SelectChoice(day, name) for day, name in enumerate(day_names())),
            SelectChoice(HOLIDAY, gettext("Holidays")),
        ]
        self.begins.choices = [SelectChoice(slot, clock_of(slot)) for slot in range(DAY_SLOTS)]
        self.ends.choices = [SelectChoice(slot, clock_of(slot)) for slot in range(1, DAY_SLOTS + 1)]

    def validate_holidays(self, field: Field) -> None:
        if field.data == AS_USUAL and self._painted().holidays:
            raise ValidationError(
                gettext(
                    "Something is painted in the column “Holidays”: choose that the column counts,"
                    " or clear it."
                )
            )

    @property
    def window(self) -> TimeWindow:
        """What the form says; the interval is a part of it if it names a day."""
        painted, is_sleep = self._painted(), self.what.data == INTERNET
        is_usual = self.holidays.data == AS_USUAL
        return TimeWindow(
            name=self.name.data or "",
            closes=frozenset() if is_sleep else self.codes,
            own_rules=self.own_rules.data and not is_sleep,
            internet_off=is_sleep,
            school_days=painted.school_days,
            free_days=painted.school_days if is_usual else painted.free_days,
        )

    def _painted(self) -> Painted:
        cells = interval(self.days.data or (), self.begins.data, self.ends.data)
        return self.week.data.changed(cells, closes=self.does.data == CLOSE)


def _shown(window: TimeWindow | None) -> dict[str, Any]:
    if window is None:
        return {}
    return {
        "name": window.name,
        "what": INTERNET if window.internet_off else CHOSEN,
        "codes": window.closes,
        "own_rules": window.own_rules,
        "week": Painted.of(window),
        "holidays": AS_USUAL if has_usual_holidays(window) else OWN_COLUMN,
    }
