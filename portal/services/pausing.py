"""When a service may be paused, and why not, in words."""

from datetime import date, timedelta

from portal.core.errors import RuleError
from portal.core.text import _l, day
from portal.services.household import Running, days_of

LATEST_START = timedelta(days=60)
_NOT_PAUSABLE = _l("This service cannot be paused.")
_NOT_PAUSED = _l("This service is not paused.")


def check_pause(held: Running, *, start: date, until: date, today: date) -> None:
    """Raise RuleError, with the exact limit, unless `held` may rest from `start` until `until`."""
    rule = held.pause_rule
    if rule is None:
        raise RuleError(_NOT_PAUSABLE)
    check_start(start, today)
    days = (until - start).days
    if not rule.min_days <= days <= rule.max_days:
        raise RuleError(
            _l(
                "A pause lasts from %(least)s to %(most)s days: choose a day from %(first)s to"
                " %(last)s."
            ),
            field="until",
            least=rule.min_days,
            most=rule.max_days,
            first=day(start + timedelta(days=rule.min_days)),
            last=day(start + timedelta(days=rule.max_days)),
        )
    _check_none_there(held, start)
    _check_year(held, start, until)


def check_start(start: date, today: date) -> None:
    """Raise RuleError unless a change may be ordered for the day `start`."""
    if not today <= start <= today + LATEST_START:
        raise RuleError(
            _l("Choose a day from %(first)s to %(last)s."),
            field="day",
            first=day(today),
            last=day(today + LATEST_START),
        )


def check_resume(held: Running) -> None:
    """Raise RuleError unless `held` is paused."""
    if not held.is_resting:
        raise RuleError(_NOT_PAUSED)


def _check_none_there(held: Running, start: date) -> None:
    if other := held.pause_on(start):
        raise RuleError(
            _l("There is already a pause until %(day)s."), field="day", day=day(other.until_on)
        )


def _check_year(held: Running, start: date, until: date) -> None:
    rule = held.pause_rule
    for year in {start.year, (until - timedelta(days=1)).year}:
        asked = (min(until, date(year + 1, 1, 1)) - max(start, date(year, 1, 1))).days
        left = rule.days_a_year - days_of(held.pauses, year) if rule else 0
        if asked > left:
            raise RuleError(
                _l("A service rests %(most)s days a year at most. In %(year)s %(left)s are left."),
                field="until",
                most=rule.days_a_year if rule else 0,
                year=year,
                left=max(0, left),
            )
