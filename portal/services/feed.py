"""Lines of the operator's billing feed: their shape, and why one cannot be used. Pure.

One JSON object a line: a balance, or a sum of a month with the reference it is known by.

    {"kind": "balance", "contract": "712034456", "balance": "3240.00",
     "as_of": "2026-11-22T06:00:00+05:00"}
    {"kind": "monthly", "contract": "712034456", "month": "2026-11", "amount": "6990.00",
     "reference": "subscription:<its id>:2026-11", "as_of": "2026-11-22T06:00:00+05:00"}

A line takes the place of what the portal reckoned under its reference:
`subscription:<id>:<month>` for a month's price, `order:<number>:<one_time or early_exit>:<code>`
for a fee, `visit:<id>:missed` and `promise:appeal:<id>:<kind>:<cycle>:<late day>` for a credit.
Any other reference is a line of its own.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from portal.core.text import is_storable
from portal.services.causes import CompensationCause

# A clock that is a little fast is no fault; a day of the future would shut out what follows.
FAST_CLOCK = timedelta(hours=1)
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_KEPT = 500


class Fault(StrEnum):
    """Why a line is refused. `conflict`: the same reference and moment, but another sum."""

    NO_OBJECT = "no_object"
    NO_CONTRACT = "no_contract"
    MISSING = "missing"
    UNKNOWN = "unknown"
    WRONG = "wrong"
    CONFLICT = "conflict"


def _past(moment: datetime, info: ValidationInfo) -> datetime:
    if not _FIRST <= moment <= cast(dict[str, datetime], info.context)["now"] + FAST_CLOCK:
        raise ValueError("not in the past")
    return moment


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("cannot be kept")
    return text


Sum = Annotated[Decimal, Field(max_digits=12, decimal_places=2, allow_inf_nan=False)]
Moment = Annotated[AwareDatetime, AfterValidator(_past)]


class _FeedLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    contract: Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_storable)]
    as_of: Moment


class BalanceLine(_FeedLine):
    """What was on a contract's account at the moment `as_of`."""

    kind: Literal["balance"]
    balance: Sum

    @property
    def what(self) -> tuple[Any, ...]:
        """Return what it says, beside as of when."""
        return (self.balance,)


class ChargeLine(_FeedLine):
    """A billed sum of a month, as billing knew it at `as_of`: of one reference the newest holds.

    A compensation is below zero, and may say what it is for.
    """

    kind: Literal["monthly", "one_time", "early_exit", "compensation", "correction"]
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    reference: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_storable)]
    amount: Sum
    cause: CompensationCause | None = None

    @model_validator(mode="after")
    def _check_compensation(self) -> "ChargeLine":
        is_compensation = self.kind == "compensation"
        if is_compensation and self.amount >= 0:
            raise _BlamedError("amount")
        if self.cause and not is_compensation:
            raise _BlamedError("cause")
        return self

    @property
    def month_on(self) -> date:
        year, month = self.month.split("-")
        return date(int(year), int(month), 1)

    @property
    def what(self) -> tuple[Any, ...]:
        """Return what it says, beside as of when."""
        return (self.kind, self.month_on, self.amount)


class _BlamedError(ValueError):
    """A field that does not fit the others; the message is its name."""


@dataclass(frozen=True)
class Refused:
    """A line that cannot be used; `field` is the place, if there is one."""

    line: int
    fault: Fault
    kept_line: str
    field: str = ""


@dataclass(frozen=True)
class Numbered:
    """A line that can be read, with its number from 1 and how it came."""

    line: int
    said: BalanceLine | ChargeLine
    kept_line: str

    def refused(self, fault: Fault, field: str = "") -> Refused:
        return Refused(self.line, fault, self.kept_line, field)


_LINE: TypeAdapter[BalanceLine | ChargeLine] = TypeAdapter(
    Annotated[BalanceLine | ChargeLine, Field(discriminator="kind")]
)
_FAULTS = {"missing": Fault.MISSING, "extra_forbidden": Fault.UNKNOWN}


def read_line(raw: bytes, number: int, *, now: datetime) -> Numbered | Refused:
    """Return what a line says, or why it cannot be used; `now` is the moment of the import."""
    kept = _kept(raw)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Refused(number, Fault.NO_OBJECT, kept)
    try:
        return Numbered(number, _LINE.validate_python(found, context={"now": now}), kept)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return Refused(number, _FAULTS.get(first["type"], Fault.WRONG), kept, _place(first))


def _place(error: Any) -> str:
    """Return the field that an error blames, without the kind of line that it stands in."""
    blamed = error.get("ctx", {}).get("error")
    if isinstance(blamed, _BlamedError):
        return str(blamed)
    fields = [part for part in error["loc"] if isinstance(part, str)]
    return _kept(fields[-1].encode(errors="replace"))[:40] if fields[1:] else "kind"


def _kept(raw: bytes) -> str:
    """Return the line as text that PostgreSQL can keep, cut to LONGEST_KEPT characters."""
    text = (
        raw[: LONGEST_KEPT * 4].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )
    return text.strip()[:LONGEST_KEPT]
