"""The shape of a catalogue file: what an offering may say, and in which types."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, Requirement
from portal.core.text import is_storable

MOST_MONEY = Decimal("9999999999.99")
MOST_REQUIREMENTS = 4
MOST_COMING = 4


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise PydanticCustomError("sum_is_inexact", "a sum in binary fractions")
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise PydanticCustomError("sum_is_unreadable", "not a sum")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise PydanticCustomError("sum_is_unreadable", "not a sum") from None


def _storable(value: str) -> str:
    if not is_storable(value):
        raise PydanticCustomError("text_is_unstorable", "the database cannot keep it")
    return value


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_storable),
]
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_storable),
]
Sum = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=MOST_MONEY, decimal_places=2, allow_inf_nan=False),
]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineTexts(_Sheet):
    """One line in each language; none may be missing."""

    kk: Line
    ru: Line
    en: Line


class WordsTexts(_Sheet):
    """A few sentences in each language; none may be missing."""

    kk: Words
    ru: Words
    en: Words


class Characteristics(_Sheet):
    """What an offering gives, as figures: pages write them in words and compare them."""

    speed_mbps: Count | None = None
    night_speed_mbps: Count | None = None
    unlimited_traffic: bool | None = None
    channels: Count | None = None
    hd_channels: Count | None = None
    screens: Count | None = None
    archive_days: Count | None = None
    minutes: Count | None = None
    unlimited_calls: bool | None = None
    devices: Count | None = None
    profiles: Count | None = None
    storage_gb: Count | None = None
    wifi_generation: Count | None = None


class PromoSheet(_Sheet):
    """What the first months cost for whoever connects it while this price holds."""

    monthly: Sum
    months: Annotated[int, Field(strict=True, ge=1, le=36)]


class PriceSheet(_Sheet):
    monthly: Sum
    one_time: Sum = Decimal(0)
    vat_percent: Sum = Decimal(16)
    promo: PromoSheet | None = None


class ComingPriceSheet(PriceSheet):
    """The price from the beginning of a later day on."""

    valid_from: date


class TermSheet(_Sheet):
    """The least months an offering is taken for, and what each month less costs."""

    months: Annotated[int, Field(strict=True, ge=1, le=36)]
    exit_fee: Sum


class PauseSheet(_Sheet):
    """How it may be paused: days at a time, days in a calendar year, and its price meanwhile."""

    min_days: Annotated[int, Field(strict=True, ge=1, le=366)]
    max_days: Annotated[int, Field(strict=True, ge=1, le=366)]
    days_a_year: Annotated[int, Field(strict=True, ge=1, le=366)]
    monthly: Sum = Decimal(0)


class RequirementSheet(_Sheet):
    any_of: tuple[Code, ...] = ()
    plan_of: Family | None = None


class OfferingSheet(_Sheet):
    """One offering as the file describes it.

    Two are equal if they say the same: the order of cities and codes plays no part.
    """

    code: Code
    family: Family
    name: LineTexts
    summary: LineTexts
    text: WordsTexts
    ending: LineTexts | None = None
    price: PriceSheet
    coming_prices: Annotated[tuple[ComingPriceSheet, ...], Field(max_length=MOST_COMING)] = ()
    characteristics: Characteristics = Characteristics()
    one_per: Literal["address"] | None = None
    cities: tuple[Code, ...] = ()
    technologies: tuple[Code, ...] = ()
    needs_technician: Annotated[bool, Field(strict=True)] = False
    minimal_term: TermSheet | None = None
    pause: PauseSheet | None = None
    requires: Annotated[tuple[RequirementSheet, ...], Field(max_length=MOST_REQUIREMENTS)] = ()
    excludes: tuple[Code, ...] = ()
    replaces: tuple[Code, ...] = ()
    sold_from: date | None = None
    sold_until: date | None = None

    @property
    def rule(self) -> OfferingRule:
        return OfferingRule(
            code=self.code,
            family=self.family,
            is_plan=self.one_per == "address",
            requires=tuple(
                Requirement(frozenset(each.any_of), each.plan_of) for each in self.requires
            ),
            excludes=frozenset(self.excludes),
            replaces=frozenset(self.replaces),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OfferingSheet) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self.code)

    def _said(self) -> dict[str, Any]:
        said = self.model_dump()
        for name in ("cities", "technologies", "excludes", "replaces"):
            said[name] = sorted(said[name])
        for requirement in said["requires"]:
            requirement["any_of"] = sorted(requirement["any_of"])
        return said

    def is_sold_on(self, day: date) -> bool:
        """Say whether it can be connected on `day`."""
        return (self.sold_from is None or self.sold_from <= day) and not self.is_over_on(day)

    def is_over_on(self, day: date) -> bool:
        """Say whether it is not sold any more on `day`."""
        return self.sold_until is not None and self.sold_until <= day

    def on(self, day: date) -> "OfferingSheet":
        """Return the same offering as one says it on `day`: a price that has come is the price."""
        come = [each for each in self.coming_prices if each.valid_from <= day]
        if not come:
            return self
        newest = max(come, key=lambda each: each.valid_from)
        price = PriceSheet.model_validate(newest.model_dump(exclude={"valid_from"}))
        later = tuple(each for each in self.coming_prices if each.valid_from > day)
        return self.model_copy(update={"price": price, "coming_prices": later})

    def withdrawn(self, day: date) -> "OfferingSheet":
        """Return the same offering, not sold any more from `day` on."""
        if self.is_over_on(day):
            return self
        begun = self.sold_from if self.sold_from and self.sold_from < day else None
        return self.model_copy(update={"sold_from": begun, "sold_until": day})


class CatalogueSheet(_Sheet):
    """A whole file."""

    offerings: tuple[OfferingSheet, ...]

    @property
    def by_code(self) -> dict[str, OfferingSheet]:
        """Return the offerings by their codes, in their order."""
        return {each.code: each for each in self.offerings}

    def on(self, day: date) -> "CatalogueSheet":
        """Return the same catalogue as one says it on `day`."""
        return CatalogueSheet(offerings=tuple(each.on(day) for each in self.offerings))

    def with_changes(self, changes: "list[OfferingSheet]") -> "CatalogueSheet":
        """Return the catalogue with `changes` in the place of their codes, new ones at the end."""
        found = self.by_code | {each.code: each for each in changes}
        return CatalogueSheet(offerings=tuple(found.values()))
