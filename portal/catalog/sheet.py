"""The shape of a catalogue file: what an offering may say, and in which types."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from portal.catalog.families import Family
from portal.catalog.rules import OfferingRule, Requirement

MOST_MONEY = Decimal("9999999999.99")


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError('write the sum as a whole number or in quotes, for example "690.50"')  # noqa: TRY004 - pydantic reads ValueError
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("write a sum in tenge")  # noqa: TRY004 - pydantic reads ValueError
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError("write a sum in tenge") from None


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
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
    """One offering as the file describes it."""

    code: Code
    family: Family
    name: LineTexts
    summary: LineTexts
    text: WordsTexts
    ending: LineTexts | None = None
    price: PriceSheet
    characteristics: Characteristics = Characteristics()
    one_per: Literal["address"] | None = None
    cities: tuple[Code, ...] = ()
    technologies: tuple[Code, ...] = ()
    needs_technician: Annotated[bool, Field(strict=True)] = False
    minimal_term: TermSheet | None = None
    pause: PauseSheet | None = None
    requires: tuple[RequirementSheet, ...] = ()
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


class CatalogueSheet(_Sheet):
    """A whole file."""

    offerings: tuple[OfferingSheet, ...]
