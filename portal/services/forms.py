"""Shapes of input."""

from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalog.families import Family
from portal.core.errors import RuleError
from portal.core.forms import PortalForm, TengeField
from portal.core.text import _l
from portal.services.finding import Search, Sorting
from portal.services.proration import Month

REASONS = {
    "price": _l("It is too expensive"),
    "unused": _l("I do not use it"),
    "quality": _l("The quality does not suit me"),
    "moving": _l("I am moving"),
    "other_operator": _l("I am changing the operator"),
    "for_a_while": _l("Only for a while"),
    "other": _l("Another reason"),
}


class ConfirmForm(PortalForm):
    """One press that confirms."""


def _now_unless_said(value: Any) -> Any:
    return value or "now"


class DayForm(PortalForm):
    """From which day a change shall hold."""

    when = RadioField(
        _l("When"),
        choices=[
            SelectChoice("now", _l("Now")),
            SelectChoice("month_end", _l("When this month ends")),
            SelectChoice("on_day", _l("On a day that I choose")),
        ],
        default="now",
        filters=[_now_unless_said],
    )
    day = DateField(_l("From this day"), validators=[Optional()])

    def start(self, today: date) -> date | None:
        """Return the chosen day, None for now. Raises RuleError if no day was named."""
        if self.when.data == "month_end":
            return Month.of(today).following.first_day
        if self.when.data != "on_day":
            return None
        if self.day.data is None:
            raise RuleError(_l("Name the day."), field="day")
        chosen: date = self.day.data
        return chosen if chosen != today else None


class ConnectForm(DayForm):
    """Ask for terms, also of what goes along; `ref` says where the customer came from."""

    ref = HiddenField()
    also = SelectMultipleField(
        _l("Connect along with it"),
        choices=(),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class PauseForm(PortalForm):
    """From when and until when a service rests."""

    day = DateField(_l("From this day"), validators=[InputRequired(_l("Name the day."))])
    until = DateField(_l("It works again from"), validators=[InputRequired(_l("Name the day."))])


class LeaveForm(DayForm):
    """When and why a service is ended."""

    reason = RadioField(
        _l("Why are you disconnecting it?"),
        choices=[SelectChoice(value, label) for value, label in REASONS.items()],
        validators=[InputRequired(_l("Choose a reason: it helps us to become better."))],
    )
    words = TextAreaField(
        _l("Tell us more, if you like"),
        validators=[Length(max=2000, message=_l("Write 2000 characters at most."))],
    )


class FindForm(PortalForm):
    """What one looks for in the catalogue: a GET form, so that its address can be sent on."""

    submission_id = None

    class Meta(PortalForm.Meta):
        csrf = False

    words = SearchField(
        _l("Find a service"),
        description=_l("In any of the three languages: film, роутер, бейнебақылау."),
        render_kw={"autocomplete": "off", "enterkeyhint": "search"},
    )
    family = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice("", _l("All kinds")),
            *(SelectChoice(each.value, each.label) for each in Family),
        ],
        default="",
    )
    up_to = TengeField(_l("Price a month up to, ₸"), render_kw={"inputmode": "numeric"})
    speed = SelectField(_l("Internet speed from"), default="")
    fits = BooleanField(_l("Fits my address"))
    now = BooleanField(_l("I can connect it now"))
    sort = SelectField(
        _l("Sort"),
        choices=[
            SelectChoice(Sorting.CATALOGUE.value, _l("As in the catalogue")),
            SelectChoice(Sorting.PRICE.value, _l("Cheapest first, promotions aside")),
        ],
        default=Sorting.CATALOGUE.value,
    )

    def offer_speeds(self, speeds: list[tuple[int, str]]) -> None:
        """Let one choose from these speeds: (Mbit/s, as people read it)."""
        written = [SelectChoice(str(speed), label) for speed, label in speeds]
        self.speed.choices = [SelectChoice("", _l("Any speed")), *written]

    @property
    def search(self) -> Search:
        """Return what is looked for; what was typed wrong is left out."""
        self.validate()
        told = {field.name: None if field.errors else field.data for field in self}
        return Search(
            words=told["words"] or "",
            family=Family(told["family"]) if told["family"] else None,
            up_to=told["up_to"],
            speed=int(told["speed"]) if told["speed"] else None,
            fits=bool(told["fits"]),
            may_connect=bool(told["now"]),
            sorting=Sorting(told["sort"] or Sorting.CATALOGUE),
        )
