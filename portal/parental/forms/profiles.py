"""The shape of what parents send about profiles: names, switches, search and more time."""

import re
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField
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
    ProfileSettings,
    YouTube,
)


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
