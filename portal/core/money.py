"""Sums in tenge: Decimal with two places, never a float."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TENGE = Decimal(1)
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """Round to whole tenge, half up; the result keeps two places."""
    return amount.quantize(TENGE, ROUND_HALF_UP).quantize(CENT)


def tenge(amount: int | str | Decimal) -> Decimal:
    """Return an exact sum with two places. Raises ValueError if it has more."""
    exact = Decimal(amount).quantize(CENT)
    if exact != Decimal(amount):
        raise ValueError(f"more than two places: {amount}")
    return exact
