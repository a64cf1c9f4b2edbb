"""What a profile is set to, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

import flask_babel
from babel import Locale, dates

from portal.core.text import FALLBACK, LOCALES
from portal.core.text import gettext as _
from portal.parental.categories.registry import registry
from portal.parental.settings import DAY_SLOTS, WHOLE_WEEK, TimeWindow
from portal.parental.week import DAYS, Span, day_spans, has_usual_holidays, rows_of_days, spans


@dataclass(frozen=True)
class Told:
    """A time of the schedule as a page tells it. `number` counts from 1."""

    number: int
    title: str
    when: str
    closes: str
    is_sleep: bool


def told(windows: Iterable[TimeWindow]) -> list[Told]:
    """Return the times of a schedule in words, in their order."""
    return [
        Told(
            number,
            _title(window),
            "; ".join(in_words(window)),
            _closes(window),
            window.internet_off,
        )
        for number, window in enumerate(windows, start=1)
    ]


def closed_at_times(windows: Iterable[TimeWindow]) -> dict[str, str]:
    """Return, by code, at which times of the schedule a category or service is closed."""
    titles: dict[str, list[str]] = {}
    for window in windows:
        for code in window.closes:
            titles.setdefault(code, []).append(_title(window))
    return {
        code: str(_("closed by the schedule: %(titles)s", titles=", ".join(each)))
        for code, each in titles.items()
    }


def _title(window: TimeWindow) -> str:
    if window.name:
        return window.name
    return str(_("Bedtime") if window.internet_off else _("Closed for a time"))


def _closes(window: TimeWindow) -> str:
    if window.internet_off:
        return str(_("the internet is off"))
    names = names_of(window.closes)
    return ", ".join([*names, _("sites of the list")] if window.own_rules else names)


def names_of(codes: Iterable[str]) -> list[str]:
    """Return the names of categories and services, in the order of the registry."""
    wanted = set(codes)
    return [entry.name for entry in registry() if entry.code in wanted]


def day_names() -> list[str]:
    """Return the short names of the days, Monday first."""
    locale = flask_babel.get_locale() or Locale.parse(LOCALES[FALLBACK])
    names = dates.get_day_names("abbreviated", "stand-alone", locale=locale)
    return [names[day] for day in DAYS]


def clock_of(slot: int) -> str:
    """Write a time of day that is counted in half-hours: `21:30`; 48 is `24:00`."""
    return f"{slot // 2:02}:{slot % 2 * 30:02}"


def days_in_words(days: Iterable[int]) -> str:
    """Write days of the week: `Mon–Fri, Sun`."""
    each = list(days)
    if len(each) == len(DAYS):
        return str(_("every day"))
    names = day_names()
    return ", ".join(_row(names, first, last) for first, last in rows_of_days(each))


def _row(names: list[str], first: int, last: int) -> str:
    if first == last:
        return names[first]
    is_pair = (last - first) % 7 == 1
    return f"{names[first]}, {names[last]}" if is_pair else f"{names[first]}–{names[last]}"


def in_words(window: TimeWindow) -> list[str]:
    """Return when a window closes, each time as a phrase; public holidays come last."""
    if window.school_days == window.free_days == WHOLE_WEEK:
        return [_("always")]
    return [_usual(span) for span in spans(window.school_days)] + _holidays(window)


def _usual(span: Span) -> str:
    begins, length = clock_of(span.begins), span.ends - span.begins
    if span.begins == 0 and length == DAY_SLOTS:
        return str(_("%(days)s all day", days=days_in_words(span.days)))
    if length > DAY_SLOTS:
        return _long(span)
    days = days_in_words(span.days)
    return str(_("%(days)s %(begins)s–%(ends)s", days=days, begins=begins, ends=_end(span)))


def _long(span: Span) -> str:
    names, over = day_names(), (span.ends - 1) // DAY_SLOTS
    ends = clock_of(span.ends - over * DAY_SLOTS)
    return str(
        _(
            "%(day)s %(begins)s – %(last)s %(ends)s",
            day=names[span.days[0]],
            begins=clock_of(span.begins),
            last=names[(span.days[0] + over) % 7],
            ends=ends,
        )
    )


def _end(span: Span) -> str:
    return clock_of(span.ends if span.ends <= DAY_SLOTS else span.ends - DAY_SLOTS)


def _holidays(window: TimeWindow) -> list[str]:
    if has_usual_holidays(window):
        return []
    if not window.free_days:
        return [_("not on public holidays")]
    return [_holiday(span) for span in day_spans(window.free_days & ((1 << DAY_SLOTS) - 1))]


def _holiday(span: Span) -> str:
    if span.ends - span.begins == DAY_SLOTS:
        return str(_("public holidays all day"))
    return str(
        _("public holidays %(begins)s–%(ends)s", begins=clock_of(span.begins), ends=_end(span))
    )
