"""The one way in for what the operator's billing says: balances and billed lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Account
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.services.models import Charge

Sum = Annotated[Decimal, Field(max_digits=12, decimal_places=2, allow_inf_nan=False)]


class _FeedLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    contract: Annotated[str, Field(min_length=1, max_length=20)]


class BalanceLine(_FeedLine):
    """What is on a contract's account at a moment."""

    kind: Literal["balance"]
    balance: Sum
    as_of: AwareDatetime


class ChargeLine(_FeedLine):
    """A billed sum of a month. The same reference again replaces it."""

    kind: Literal["monthly", "one_time", "early_exit", "compensation", "correction"]
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    reference: Annotated[str, Field(min_length=1, max_length=120)]
    amount: Sum


_LINE: TypeAdapter[BalanceLine | ChargeLine] = TypeAdapter(
    Annotated[BalanceLine | ChargeLine, Field(discriminator="kind")]
)


@dataclass
class Report:
    """What an import did: how many lines were taken, were older than what is known, were refused.

    `refused` holds (number of the line from 1, why).
    """

    taken: int = 0
    stale: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_feed(lines: Iterable[dict[str, Any]]) -> Report:
    """Take balances and billed lines over; the same feed again changes nothing.

    An older balance never replaces a newer one; a line that cannot be used is refused alone.
    Records `services.billing_imported`.
    """
    report = Report()
    for number, raw in enumerate(lines, 1):
        try:
            line = _LINE.validate_python(raw)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            report.refused.append((number, f"{place}: {first['msg']}"))
            continue
        _take(line, number, report)
    audit.record(
        "services.billing_imported",
        taken=report.taken,
        stale=report.stale,
        refused=len(report.refused),
    )
    return report


def _take(line: BalanceLine | ChargeLine, number: int, report: Report) -> None:
    account = session.scalar(select(Account).where(Account.number == line.contract))
    if account is None:
        report.refused.append((number, f"there is no contract {line.contract}"))
    elif isinstance(line, BalanceLine):
        report.taken, report.stale = _count(report, is_new=_set_balance(account, line))
    else:
        _bill(account, line)
        report.taken += 1


def _count(report: Report, *, is_new: bool) -> tuple[int, int]:
    return report.taken + is_new, report.stale + (not is_new)


def _set_balance(account: Account, line: BalanceLine) -> bool:
    as_of: datetime = line.as_of
    if account.balance_at is not None and as_of <= account.balance_at:
        return False
    account.balance, account.balance_at = line.balance, as_of
    return True


def _bill(account: Account, line: ChargeLine) -> None:
    """Put a billed line in the place of its forecast."""
    year, month = line.month.split("-")
    values = {
        "month_on": date(int(year), int(month), 1),
        "kind": line.kind,
        "state": "billed",
        "amount": line.amount,
    }
    row = insert(Charge).values(
        id=ids.uuid7(),
        account_id=account.id,
        reference=line.reference,
        created_at=clock.now(),
        **values,
    )
    session.execute(
        row.on_conflict_do_update(constraint="uq_charge_account_id_reference", set_=values)
    )
