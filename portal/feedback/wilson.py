"""The interval in which a share probably lies, when only some were asked or have answered.

Source: E. B. Wilson, “Probable inference, the law of succession, and statistical inference”,
Journal of the American Statistical Association 22 (1927), pp. 209-212. Unlike p ± z·σ it never
leaves 0 to 1, and says something for few answers too.
"""

from math import sqrt
from typing import NamedTuple

Z_95 = 1.959963984540054  # the quantile of the normal distribution for 95 of a hundred


class Interval(NamedTuple):
    """From `low` to `high`, each 0 to 1."""

    low: float
    high: float


def interval(good: int, all_: int, *, z: float = Z_95) -> Interval:
    """Return where the share of `good` among `all_` lies, in 95 of 100 such cases.

    Of nobody it is 0 to 1: nothing is known. Raises ValueError unless 0 <= good <= all_.
    """
    if not 0 <= good <= all_:
        raise ValueError("the good ones are a part of all")
    if all_ == 0:
        return Interval(0.0, 1.0)
    share, square = good / all_, z * z / all_
    middle = share + square / 2
    reach = z * sqrt(share * (1 - share) / all_ + square / (4 * all_))
    low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
    return Interval(0.0 if good == 0 else low, 1.0 if good == all_ else high)
