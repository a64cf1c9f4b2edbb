"""What is to be paid, by when, and where."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from portal.accounts.models import Account
from portal.core.money import ZERO
from portal.services.proration import Month


@dataclass(frozen=True)
class Due:
    """Balance (as billing told it at `balance_at`), what is missing for the month, and until when.

    `pay_url` is empty where nothing is due or the operator named no page to pay on.
    """

    balance: Decimal
    balance_at: datetime | None
    amount: Decimal
    due_on: date
    pay_url: str


def due_of(account: Account, *, total: Decimal, month: Month, pay_day: int, template: str) -> Due:
    """Return what is due for `month`, which costs `total`, on its day `pay_day`.

    `template` is the setting PAY_URL: an address with {contract} and {sum}.
    """
    amount = max(ZERO, total - account.balance)
    address = template.replace("{contract}", quote(account.number, safe="")).replace(
        "{sum}", quote(str(amount), safe="")
    )
    return Due(
        balance=account.balance,
        balance_at=account.balance_at,
        amount=amount,
        due_on=month.first_day.replace(day=min(pay_day, month.days)),
        pay_url=address if amount else "",
    )
