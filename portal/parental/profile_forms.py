"""The shape of what parents send about profiles: names, switches and times of the week."""

import re
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import PortalForm
from portal.core.text import Marked, _l, gettext
from portal.parental.categories.registry import Entry, Kind, registry
from portal.parental.models import LONGEST_BONUS_HOURS, LONGEST_NAME
from portal.parental.presets import PRESETS, Age
from portal.parental.settings import (
    DAY_SLOTS,
    LONGEST_WINDOW_NAME,
    ProfileSettings,
    TimeWindow,
    YouTube,
)
from portal.parental.week import HOLIDAY, Painted, has_usual_holidays, interval
from portal.parental.words import clock_of, day_names


class NameForm(PortalForm):
    """The name of a child."""

    name = StringField(
        _l("The child’s name"),
        validators=[InputRequired(_l("Write the child’s name."))],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )


class ChildForm(NameForm):
    """A child who gets a profile, and the age whose settings the parents want to look at."""

    age = RadioField(
        _l("Begin with the settings for an age"),
        description=_l("You see what they close before anything is closed."),
        choices=[
            *(SelectChoice(age.value, preset.name) for age, preset in PRESETS.items()),
            SelectChoice("", _l("Without: I choose everything myself")),
        ],
        default=Age.FROM_7,
        validators=[Optional()],
    )

    @property
    def notes(self) -> dict[str, Marked]:
        """What each age is for, for the page."""
        return {age.value: preset.about for age, preset in PRESETS.items()}


class CodesField(SelectMultipleField):
    """Boxes of categories or services; what is not in the registry any more is refused."""

    def __init__(self, label: Marked, **options: Any) -> None:
        boxes = {"widget": ListWidget(), "option_widget": CheckboxInput()}
        super().__init__(label, **boxes, **options)

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            gone = gettext("A category of this page is gone. Look at the page again.")
            raise ValidationError(gone) from None


class SeenForm(PortalForm):
    """What changes the settings of a profile: it knows which version the page showed."""

    seen = HiddenField()

    @property
    def seen_version(self) -> int | None:
        """The number of that version; None if the page does not tell."""
        number = str(self.seen.data or "")
        return int(number) if re.fullmatch(r"[0-9]{1,9}", number) else None


class SwitchesForm(SeenForm):
    """Which categories and services are closed."""

    categories = CodesField(_l("Categories"))
    services = CodesField(_l("Apps and services"))

    def __init__(self, *args: Any, codes: Any = (), **options: Any) -> None:
        closed = {
            kind: [one.code for one in registry().of(kind) if one.code in codes] for kind in Kind
        }
        options |= {"categories": closed[Kind.CATEGORY], "services": closed[Kind.SERVICE]}
        super().__init__(*args, **options)
        self.categories.choices = _choices(Kind.CATEGORY)
        self.services.choices = _choices(Kind.SERVICE)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of both together."""
        return frozenset(self.categories.data or ()) | frozenset(self.services.data or ())

    def entry(self, code: str) -> Entry:
        """Return what the registry says of a code."""
        return registry().entry(code)


def _choices(kind: Kind) -> list[SelectChoice]:
    return [SelectChoice(entry.code, entry.name) for entry in registry().of(kind)]


class SearchForm(SeenForm):
    """Safe search, and how strictly YouTube chooses."""

    safe_search = BooleanField(
        _l("Safe search"),
        description=_l("Google, Bing, Yandex, DuckDuckGo and others leave adult results out."),
    )
    youtube = RadioField(
        _l("YouTube"),
        choices=[
            SelectChoice(YouTube.OFF, _l("As it is")),
            SelectChoice(YouTube.MODERATE, _l("Moderate")),
            SelectChoice(YouTube.STRICT, _l("Strict")),
        ],
        coerce=lambda value: YouTube(int(value)),
        validators=[InputRequired(_l("Choose how strict YouTube is."))],
    )

    @classmethod
    def of(cls, settings: ProfileSettings, *, seen: int) -> "SearchForm":
        """Return the form of a page that shows these settings."""
        return cls(
            formdata=None, safe_search=settings.safe_search, youtube=settings.youtube, seen=seen
        )


class BonusForm(PortalForm):
    """How many more hours are open; each press is a submission of its own."""

    hours = RadioField(
        _l("More hours"),
        choices=[
            SelectChoice(str(hours), str(hours)) for hours in range(1, LONGEST_BONUS_HOURS + 1)
        ],
        coerce=int,
        validators=[InputRequired(_l("Choose how long."))],
    )


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
