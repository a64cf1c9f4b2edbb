"""What the operator gives back for a broken promise: a table with versions. Pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal.core.money import ZERO
from portal.promises.policy import Kind
from portal.services.causes import CompensationCause

Sum = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2, allow_inf_nan=False)]
_CAUSES = {
    Kind.REPAIR: CompensationCause.LATE_REPAIR,
    Kind.VISIT: CompensationCause.VISIT_MISSED,
}


class Line(BaseModel):
    """What one kind of promise costs when it is broken, in tenge: once, or for each late day.

    `most` is the most that one promise ever costs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    promise: Kind
    per: Literal["case", "day"]
    amount: Sum
    most: Sum

    @model_validator(mode="after")
    def _check_most(self) -> "Line":
        if self.most < self.amount:
            raise ValueError("most is less than amount")
        return self

    def owed(self, day: int) -> Decimal:
        """Return what the late day `day` (from 1) adds; zero when nothing more is owed."""
        if self.per == "case" and day > 1:
            return ZERO
        return max(min(self.amount, self.most - self.amount * (day - 1)), ZERO)


class CompensationSheet(BaseModel):
    """A version of the table: in force from midnight of the day `since`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date
    lines: tuple[Line, ...]

    @model_validator(mode="after")
    def _check_lines(self) -> "CompensationSheet":
        kinds = [line.promise for line in self.lines]
        if len(kinds) != len(set(kinds)):
            raise ValueError("two lines are for the same promise")
        if Kind.VISIT not in kinds:
            raise ValueError("a missed visit is always compensated, and no line says how")
        return self

    def owed(self, kind: Kind, day: int) -> Decimal:
        """Return what the late day `day` of a promise of this kind adds, in tenge."""
        return sum((line.owed(day) for line in self.lines if line.promise is kind), ZERO)


def in_force(sheets: Iterable[CompensationSheet], on: date) -> CompensationSheet | None:
    """Return the newest of the sheets (in the order of their versions) in force on a day."""
    begun = [sheet for sheet in sheets if sheet.since <= on]
    return max(begun, key=lambda sheet: sheet.since) if begun else None


def cause_of(kind: Kind) -> CompensationCause:
    """Return what a compensation for a promise of this kind is called."""
    return _CAUSES.get(kind, CompensationCause.LATE_ANSWER)


def read_sheet(content: bytes) -> CompensationSheet:
    """Return the table that a YAML file holds. Raises ValueError with what is wrong."""
    try:
        read: Any = yaml.safe_load(content)
        return CompensationSheet.model_validate(read)
    except yaml.YAMLError as error:
        raise ValueError(f"this is no YAML: {error}") from None
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError("; ".join(faults)) from None
