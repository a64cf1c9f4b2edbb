"""Where "Pay" leads: the operator's own page for payments. Pure."""

from decimal import Decimal
from urllib.parse import quote


def pay_url(template: str, *, contract: str, amount: Decimal) -> str:
    """Return `template` with {contract} and {sum} (tenge, two places) filled in.

    Empty if the operator has no such page, or if there is nothing to pay.
    Source: services.md, "Money".
    """
    if not template or amount <= 0:
        return ""
    return template.replace("{contract}", quote(contract)).replace("{sum}", f"{amount:.2f}")
