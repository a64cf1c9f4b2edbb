"""Reckon a statement again from what is printed, as a customer would: with nothing of the portal.

Rules as the page states them: a part from the 10th to the 21st of 30 days costs
round(price × 21 / 30) − round(price × 9 / 30), to the tenge, half a tenge upwards; to the tiyn
where the price has tiyn.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import floor

SUM = r"(−?[\d ]+(?:[.,]\d\d)?) ₸"
DAYS = r"(?:(?P<first>\d+)–)?(?P<last>\d+) [^\W\d]+(?: \d{4})?"
WORDS = {
    "en": {
        "days": rf"{DAYS}, (?P<count>\d+) of (?P<of>\d+) days × {SUM}$",
        "whole": rf"the whole month × {SUM}$",
        "months": rf"(?P<count>\d+) months? left × {SUM}$",
        "billed": rf"billed: {SUM}$",
    },
    "ru": {
        "days": rf"{DAYS}, (?P<count>\d+) из (?P<of>\d+) дней × {SUM}$",
        "whole": rf"весь месяц × {SUM}$",
        "months": rf"остал[а-я]+ (?P<count>\d+) месяц[а-я]* × {SUM}$",
        "billed": rf"выставлено: {SUM}$",
    },
    "kk": {
        "days": rf"{DAYS}, (?P<of>\d+) күннің (?P<count>\d+) күні × {SUM}$",
        "whole": rf"бүкіл ай × {SUM}$",
        "months": rf"(?P<count>\d+) ай қалды × {SUM}$",
        "billed": rf"шот қойылды: {SUM}$",
    },
}
ONCE = rf"(?P<count>\d+) × {SUM}$"


def sum_of(text: str) -> Decimal:
    """Read a sum as it is written: `−1 234,50 ₸`."""
    found = re.fullmatch(SUM, text.strip())
    assert found, f"no sum: {text}"
    return read(found[1])


def read(written: str) -> Decimal:
    return Decimal(written.replace("−", "-").replace(" ", "").replace(",", "."))


def reckoned(note: str, language: str) -> Decimal:
    """Return what a line costs by the derivation printed beside it."""
    for kind, pattern in (*WORDS[language].items(), ("once", ONCE)):
        if found := re.search(pattern, note):
            price = read(found[found.re.groups])
            parts = found.groupdict()
            if kind == "days":
                return _days(parts, price)
            return price * int(parts.get("count") or 1)
    raise AssertionError(f"no derivation: {note}")


def _days(parts: dict[str, str | None], price: Decimal) -> Decimal:
    last, of, count = (int(parts[name] or 0) for name in ("last", "of", "count"))
    first = int(parts["first"] or last)
    assert count == last - first + 1, "the days are miscounted"
    return _share(price, last, of) - _share(price, first - 1, of)


def _share(price: Decimal, days: int, of: int) -> Decimal:
    """Return what the first days cost, rounded half upwards."""
    step = Fraction(1) if price == int(price) else Fraction(1, 100)
    steps = floor(Fraction(price) * days / of / step + Fraction(1, 2))
    return Decimal(steps) * (1 if step == 1 else Decimal("0.01"))
