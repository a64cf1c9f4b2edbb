"""Shapes of input at the catalogue desk. What an offering may say is judged by its sheet."""

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, DateInput, ListWidget

from portal.catalog.characteristics import WRITTEN
from portal.catalog.families import Family
from portal.catalog.places import CITIES, TECHNOLOGIES, city_name
from portal.catalog.sheet import MOST_COMING, MOST_REQUIREMENTS, OfferingSheet
from portal.core.forms import PortalForm
from portal.core.text import LANGUAGES, Marked, _l, in_language, translate

WORDS = ("name", "summary", "text", "ending")
PRICES = ("monthly", "one_time", "vat_percent", "promo_monthly", "promo_months")
PAUSES = ("min_days", "max_days", "days_a_year", "monthly")
_PRICE_LABELS = (
    _l("Price a month, ₸"),
    _l("Connection, once, ₸"),
    _l("VAT, percent"),
    _l("Price of the first months, ₸"),
    _l("How many first months"),
)
_WORD_LABELS = (
    _l("Name of the offering"),
    _l("Summary"),
    _l("Text"),
    _l("What to know when it ends"),
)
_PAUSE_LABELS = (
    _l("At least, days"),
    _l("At most, days"),
    _l("In a year, days"),
    _l("Price a month of a pause, ₸"),
)


def _number(label: Marked) -> StringField:
    return StringField(label, render_kw={"inputmode": "decimal", "autocomplete": "off"})


def _several(label: Marked) -> SelectMultipleField:
    return SelectMultipleField(label, widget=ListWidget(), option_widget=CheckboxInput())


class SealedForm(PortalForm):
    """A form about what somebody saw; `seal` tells whether it is still the same."""

    seal = HiddenField()

    @property
    def seen(self) -> str:
        """Return the seal that came with the form; empty if none did."""
        return str(next(iter(self.seal.raw_data or ()), ""))


class OfferingForm(SealedForm):
    """One offering. Fields of languages, prices and rules are added below, by their names."""

    code = StringField(
        _l("Code"),
        description=_l("Small Latin letters, digits and hyphens. It cannot be changed later."),
    )
    family = SelectField(
        _l("Family"), choices=[SelectChoice(each.value, each.label) for each in Family]
    )
    is_plan = BooleanField(_l("A plan: one of its family at an address"))
    cities = _several(_l("Cities where it is sold"))
    technologies = _several(_l("Lines that carry it"))
    needs_technician = BooleanField(_l("A technician comes to connect it"))
    term_months = _number(_l("Minimal term, months"))
    exit_fee = _number(_l("Fee for each month less, ₸"))
    excludes = _several(_l("Cannot stand beside"))
    replaces = _several(_l("Takes the place of"))
    sold_from = StringField(_l("Sold from"), widget=DateInput())
    sold_until = StringField(_l("Not sold from"), widget=DateInput())

    def offer(self, offerings: Iterable[OfferingSheet]) -> None:
        """Fill the choices with what the catalogue knows."""
        known = [*offerings]
        names = [
            SelectChoice(each.code, in_language(each.name.model_dump()))
            for each in known
            if each.code != self.code.data
        ]
        for field in (self.excludes, self.replaces, *self.any_of):
            field.choices = names
        cities = {*CITIES, *(city for each in known for city in each.cities)}
        self.cities.choices = [SelectChoice(each, str(city_name(each))) for each in sorted(cities)]
        self._explain_figures()
        lines = {*TECHNOLOGIES, *(line for each in known for line in each.technologies)}
        self.technologies.choices = [SelectChoice(each, each.upper()) for each in sorted(lines)]

    def _explain_figures(self) -> None:
        for name, (label, form) in WRITTEN.items():
            each, unit = self[f"figure_{name}"], translate(form, figure="…")
            if each.type == "BooleanField":
                each.label.text = f"{label}: {unit}"
            elif unit != "…":
                each.description = unit

    @property
    def any_of(self) -> list[Any]:
        """Return the lists of offerings, one of which is needed."""
        return [self[f"requires_{row}_any_of"] for row in range(MOST_REQUIREMENTS)]

    def rows(self, group: str, parts: Iterable[str], most: int) -> list[int]:
        """Return the rows to show of a group: those with something in them, and one more."""
        filled = [
            row for row in range(most) if any(self[f"{group}_{row}_{part}"].data for part in parts)
        ]
        return list(range(min(max(filled, default=-1) + 2, most)))

    @property
    def coming_rows(self) -> list[int]:
        return self.rows("coming", ("valid_from", *PRICES), MOST_COMING)

    @property
    def requires_rows(self) -> list[int]:
        return self.rows("requires", ("plan_of", "any_of"), MOST_REQUIREMENTS)


def _add(name: str, field: Any) -> None:
    setattr(OfferingForm, name, field)


for _word, _label in zip(WORDS, _WORD_LABELS, strict=True):
    for _code in LANGUAGES:
        _add(f"{_word}_{_code}", (TextAreaField if _word == "text" else StringField)(_label))
for _price, _label in zip(PRICES, _PRICE_LABELS, strict=True):
    _add(_price, _number(_label))
    for _row in range(MOST_COMING):
        _add(f"coming_{_row}_{_price}", _number(_label))
for _row in range(MOST_COMING):
    _add(f"coming_{_row}_valid_from", StringField(_l("From the day"), widget=DateInput()))
for _part, _label in zip(PAUSES, _PAUSE_LABELS, strict=True):
    _add(f"pause_{_part}", _number(_label))
for _figure, (_label, _) in WRITTEN.items():
    _is_flag = _figure.startswith("unlimited_")
    _add(f"figure_{_figure}", BooleanField(_label) if _is_flag else _number(_label))
for _row in range(MOST_REQUIREMENTS):
    _plans = [SelectChoice("", _l("no plan")), *(SelectChoice(f.value, f.label) for f in Family)]
    _add(
        f"requires_{_row}_plan_of",
        SelectField(_l("A plan of the family"), choices=_plans, default=""),
    )
    _add(f"requires_{_row}_any_of", _several(_l("Or one of these offerings")))


class ReleaseForm(SealedForm):
    """The last press before customers see it."""

    reason = StringField(
        _l("Why, in a few words"),
        description=_l("It stands in the list of versions, for you and your colleagues."),
        validators=[
            InputRequired(_l("Say why, in a few words.")),
            Length(max=300, message=_l("Keep it under 300 letters.")),
        ],
    )


class FileForm(PortalForm):
    """A catalogue file."""

    file = FileField(
        _l("Catalogue file"),
        description=_l("YAML in UTF-8, up to 1 million characters."),
        validators=[FileRequired(_l("Choose a file."))],
    )


class ConfirmForm(SealedForm):
    """One press."""
