"""The lines of a policy: which may stand beside each other, and in which order they count. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.promises.policy import Rule

MOST_MINUTES = 30 * 24 * 60
MOST_DAYS = 90
CHANNELS = ("form", "chat", "forum", "email", "phone", "facebook", "skype", "kiosk", "office")
KINDS = ("fault", "question", "complaint", "suggestion", "gratitude")
LIMITS = (Rule.FINAL_LIMIT, Rule.WAITING_LIMIT)

Row = Mapping[str, Any]
_ORDER = list(Rule)


def with_line(rows: Sequence[Row], place: int, row: Row) -> list[Row]:
    """Return the lines with one in place of the `place`-th (from 1; 0: added), in their order.

    Raises RuleError (fields `amount`, `channels`, `rule`) if the line cannot be, or two lines would
    promise two things for the same appeal.
    """
    _check(row)
    kept = [each for at, each in enumerate(rows, 1) if at != place]
    for other in kept:
        _check_apart(row, other)
    return ordered([*kept, row])


def without_line(rows: Sequence[Row], place: int) -> list[Row]:
    """Return the lines without the `place`-th. Raises RuleError for one that must be there."""
    if rows[place - 1]["rule"] in LIMITS:
        raise RuleError(_l("This limit protects the customer: change it, but do not remove it."))
    return [each for at, each in enumerate(rows, 1) if at != place]


def ordered(rows: Sequence[Row]) -> list[Row]:
    """Return lines by rule, the narrower before the wider: the first that fits is the one."""
    return sorted(
        rows, key=lambda row: (_ORDER.index(Rule(row["rule"])), -_narrowness(row), _parts(row))
    )


def key_of(row: Row) -> tuple[str, ...]:
    """Return what makes a line the same line in two versions: its rule and whom it is for."""
    return (row["rule"], *_parts(row))


def _parts(row: Row) -> tuple[str, str]:
    return (",".join(row.get("channels", ())), ",".join(row.get("kinds", ())))


def _narrowness(row: Row) -> int:
    return bool(row.get("channels")) + bool(row.get("kinds"))


def _check(row: Row) -> None:
    if row["rule"] in LIMITS and _narrowness(row):
        raise RuleError(_l("This limit holds for every appeal."), field="channels")
    days, minutes = row.get("working_days"), row.get("minutes")
    if days is not None and days > MOST_DAYS:
        raise RuleError(_l("%(most)s days are the most."), field="amount", most=MOST_DAYS)
    if minutes is not None and minutes > MOST_MINUTES:
        raise RuleError(
            _l("%(most)s minutes are the most: that is 30 days."), field="amount", most=MOST_MINUTES
        )
    if not (days or minutes or row.get("end_of_day") or row["rule"] == Rule.FIRST_RESPONSE):
        raise RuleError(_l("Only a first answer can be there at once."), field="amount")


def _check_apart(row: Row, other: Row) -> None:
    """Refuse a second line for the same appeals, unless one of them is plainly the narrower."""
    if row["rule"] != other["rule"] or _narrowness(row) != _narrowness(other):
        return
    if all(_meet(row.get(part), other.get(part)) for part in ("channels", "kinds")):
        raise RuleError(
            _l("Another line of this rule is for the same appeals. Change that one."),
            field="channels",
        )


def _meet(some: Sequence[str] | None, others: Sequence[str] | None) -> bool:
    return not some or not others or bool(set(some) & set(others))
