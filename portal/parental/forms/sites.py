"""The shape of what parents send about sites and lists, and of a pause."""

from datetime import datetime
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.core.forms import PortalForm
from portal.core.text import ZONE, Marked, _l, gettext
from portal.parental.lists import Format
from portal.parental.models import LONGEST_NOTE
from portal.parental.sites import Action

LONGEST_LIST_TEXT = 2 * 1024**2  # Source: identity-and-security.md, "list text 2 MiB"
FIRST_YEAR, LAST_YEAR = 2000, 2099
ALWAYS, IN_WINDOWS = "always", "in_windows"
_LISTS = [
    SelectChoice(Action.BLOCK, _l("Closed sites")),
    SelectChoice(Action.ALLOW, _l("Always open")),
]


class RemarkForm(PortalForm):
    """What parents say of a rule: when it counts, and a note."""

    when = RadioField(
        _l("When the rule counts"),
        choices=[
            SelectChoice(ALWAYS, _l("Always")),
            SelectChoice(IN_WINDOWS, _l("Only at the times of the schedule")),
        ],
        default=ALWAYS,
        validators=[Optional()],
    )
    note = StringField(_l("Note for yourself"), render_kw={"maxlength": LONGEST_NOTE})


class SiteForm(RemarkForm):
    """A site for one of the lists. `www` is asked only when the site is a www. name."""

    action = RadioField(
        _l("List"),
        choices=_LISTS,
        default=Action.BLOCK,
        coerce=Action,
        validators=[InputRequired(_l("Choose a list."))],
    )
    site = StringField(
        _l("Site"),
        description=_l("With all its subdomains; *.site means the subdomains alone."),
        validators=[InputRequired(_l("Write a site, for example youtube.com."))],
        render_kw={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )
    www = RadioField(
        _l("What do you mean?"), choices=[], validators=[Optional()], validate_choice=False
    )

    def offer(self, *, whole: str, exact: str) -> None:
        """Ask whether the whole site is meant or only its www. name."""
        self.www.choices = [SelectChoice("whole", whole), SelectChoice("exact", exact)]
        self.www.errors = [_l("Choose which of the two you mean.")]


class PauseForm(PortalForm):
    """How long the internet is paused."""

    hours = RadioField(
        _l("Pause for"),
        choices=[
            SelectChoice("1", _l("1 hour")),
            SelectChoice("4", _l("4 hours")),
            SelectChoice("24", _l("24 hours")),
        ],
        coerce=int,
        default=1,
        validators=[InputRequired(_l("Choose how long."))],
    )


class ListField(TextAreaField):
    """A pasted list, which may be longer than other texts."""

    longest = LONGEST_LIST_TEXT


FORMAT_NAMES: dict[Format, Marked] = {
    Format.HOSTS: _l("Hosts file"),
    Format.PLAIN: _l("One site in a line"),
    Format.ADBLOCK: _l("Adblock rules"),
    Format.DNSMASQ: _l("dnsmasq settings"),
    Format.RPZ: _l("Response policy zone (RPZ)"),
    Format.CSV: _l("Table (CSV)"),
    Format.JSON: _l("JSON of this portal"),
}


class ImportForm(PortalForm):
    """A list of sites, as a file or as text."""

    action = RadioField(
        _l("Where to put the sites"),
        choices=_LISTS,
        default=Action.BLOCK,
        coerce=Action,
        validators=[InputRequired(_l("Choose a list."))],
    )
    file = FileField(
        _l("File"),
        description=_l("A text of up to 8 MB, not packed."),
    )
    text = ListField(
        _l("Or paste the list here"),
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    written_as = SelectField(
        _l("How it is written"),
        choices=[
            SelectChoice("", _l("Recognise it")),
            *(SelectChoice(form.value, name) for form, name in FORMAT_NAMES.items()),
        ],
        default="",
    )

    @property
    def format(self) -> Format | None:
        """The format that was chosen; None: it is to be recognised."""
        return Format(self.written_as.data) if self.written_as.data else None


class ConfirmForm(PortalForm):
    """Yes to what the page shows."""


class CheckForm(PortalForm):
    """A site to be looked at; sent by GET, it changes nothing."""

    class Meta(PortalForm.Meta):
        csrf = False

    site = StringField(
        _l("Site"),
        validators=[InputRequired(_l("Write a site, for example youtube.com."))],
        render_kw={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )

    at = DateTimeLocalField(
        _l("At this time"),
        description=_l("Left empty: now."),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
    )

    def validate_at(self, field: DateTimeLocalField) -> None:
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(gettext("Choose a day of this century."))

    @property
    def moment(self) -> datetime | None:
        """The time asked for, by the clock of Almaty; None: now."""
        return self.at.data.replace(tzinfo=ZONE) if self.at.data else None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.submission_id
