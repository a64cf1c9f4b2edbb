"""Languages: marking sentences, translating them, and writing sums, days and times."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale, dates
from flask import Flask

from portal import config
from portal.core import clock

LANGUAGES, FALLBACK = config.LANGUAGES, config.FALLBACK
LOCALES = {"kk": "kk_KZ", "ru": "ru_KZ", "en": "en_GB"}
ZONE = ZoneInfo("Asia/Almaty")
NBSP = "\N{NO-BREAK SPACE}"
_DAY, _DAY_AND_YEAR = "d MMMM", {"kk": "y 'жылғы' d MMMM"}
_ALPHABETS = {
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "en": "abcdefghijklmnopqrstuvwxyz",
}

gettext = flask_babel.gettext
ngettext = flask_babel.ngettext


class Marked:
    """A sentence that is marked for translation and translated when it is read."""

    def __init__(self, msgid: str) -> None:
        self.msgid = msgid

    def __str__(self) -> str:
        return str(gettext(self.msgid))

    def __mod__(self, values: Any) -> str:
        return str(str(self) % values)

    def __repr__(self) -> str:
        return f"_l({self.msgid!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Marked) and other.msgid == self.msgid

    def __hash__(self) -> int:
        return hash(self.msgid)


def _l(msgid: str) -> Marked:
    """Mark a sentence; it is translated in the language of whoever reads it."""
    return Marked(msgid)


def translate(marked: Marked | str, **values: Any) -> str:
    """Return the sentence in the reader's language with its %(name)s places filled."""
    msgid = marked.msgid if isinstance(marked, Marked) else marked
    return str(gettext(msgid, **values))


def language() -> str:
    """Return the code of the reader's language: kk, ru or en."""
    locale = flask_babel.get_locale()
    return locale.language if locale else FALLBACK


def reading_as(code: str) -> Any:
    """Return a context in which texts are in language `code` (kk, ru, en), e.g. for an e-mail."""
    return flask_babel.force_locale(LOCALES.get(code, LOCALES[FALLBACK]))


def in_language(texts: dict[str, str]) -> str:
    """Return the text of the reader's language out of {"kk": ..., "ru": ..., "en": ...}."""
    return texts.get(language()) or texts.get(FALLBACK) or next(iter(texts.values()), "")


def local(moment: datetime) -> datetime:
    """Return `moment` (aware) in the time of Almaty."""
    return moment.astimezone(ZONE)


def today() -> date:
    """Return the local calendar day of now."""
    return local(clock.now()).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def money(amount: Decimal | int) -> str:
    """Write a sum: `12 990 ₸`, with tiyn only when there are some; never broken over a line."""
    exact = Decimal(amount)
    whole, _, tiyn = f"{abs(exact):,.2f}".partition(".")
    mark = "." if language() == "en" else ","
    written = whole.replace(",", NBSP) + (f"{mark}{tiyn}" if tiyn != "00" else "")
    sign = "\N{MINUS SIGN}" if exact < 0 else ""
    return f"{sign}{written}{NBSP}₸"


def number(value: int | Decimal) -> str:
    """Write a number with no-break spaces between thousands."""
    return f"{value:,}".replace(",", NBSP)


def _locale() -> Locale:
    return flask_babel.get_locale() or Locale.parse(LOCALES[FALLBACK])


def _as_day(moment: datetime | date) -> date:
    return local(moment).date() if isinstance(moment, datetime) else moment


def day(moment: datetime | date) -> str:
    """Write a day: `22 ноября`, with the year when it is not this one; in Kazakh the year leads."""
    on = _as_day(moment)
    pattern = _DAY if on.year == today().year else _DAY_AND_YEAR.get(language(), "d MMMM y")
    return dates.format_date(on, pattern, locale=_locale()).replace(" ", NBSP)


def weekday(moment: datetime | date) -> str:
    """Write a day with its weekday: `воскресенье, 22 ноября`."""
    return f"{dates.format_date(_as_day(moment), 'EEEE', locale=_locale())}, {day(moment)}"


def month(moment: datetime | date) -> str:
    """Write a month's name alone: `Ноябрь`."""
    name = dates.format_date(_as_day(moment), "LLLL", locale=_locale())
    return name[:1].upper() + name[1:]


def clock_time(moment: datetime) -> str:
    """Write a time of day: `19:30`."""
    return f"{local(moment):%H:%M}"


def day_time(moment: datetime) -> str:
    """Write day and time: `20 ноября, 19:30`."""
    return f"{day(moment)}, {clock_time(moment)}"


def deadline(moment: datetime) -> str:
    """Write a due time: `22 ноября, 19:30`; midnight is the end of a day: `20 ноября, 24:00`."""
    at = local(moment)
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"{day(at.date() - timedelta(days=1))}, 24:00"
    return day_time(moment)


def iso(moment: datetime) -> str:
    """Write the value of a `<time datetime>`: local time with its offset, to the second."""
    return local(moment).isoformat(timespec="seconds")


def ago(moment: datetime) -> str:
    """Write how long ago (or how far ahead) a moment is: `26 минут назад`."""
    return dates.format_timedelta(moment - clock.now(), add_direction=True, locale=_locale())


def left(length: timedelta) -> str:
    """Write a length in its two largest units: `4 часа 42 минуты`; under a minute in seconds."""
    seconds = max(int(abs(length.total_seconds())), 0)
    parts: list[str] = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count and (unit != "second" or not parts):
            parts.append(f"{count}{NBSP}{_unit(unit, count)}")
    return " ".join(parts[:2]) or f"0{NBSP}{_unit('minute', 0)}"


def took(milliseconds: int) -> str:
    """Write how long something took: `340 мс`, `8,6 с`; from a minute on as `left` does."""
    if milliseconds >= 60_000:
        return left(timedelta(milliseconds=milliseconds))
    if milliseconds < 1000:
        written, unit = str(milliseconds), gettext("ms")
    else:
        written, unit = f"{milliseconds / 1000:.1f}", gettext("s")
    return f"{written if language() == 'en' else written.replace('.', ',')}{NBSP}{unit}"


def _unit(unit: str, count: int) -> str:
    forms: dict[str, Callable[[], str]] = {
        "day": lambda: ngettext("day", "days", count),
        "hour": lambda: ngettext("hour", "hours", count),
        "minute": lambda: ngettext("minute", "minutes", count),
        "second": lambda: ngettext("second", "seconds", count),
    }
    return forms[unit]()


def size(octets: int) -> str:
    """Write a file's size: `840 КБ`."""
    if octets < 1024:
        written, unit = str(octets), gettext("B")
    elif octets < 1024**2:
        written, unit = str(octets // 1024), gettext("KB")
    else:
        written, unit = f"{octets / 1024**2:.1f}", gettext("MB")
    number_of = written if language() == "en" else written.replace(".", ",")
    return f"{number_of}{NBSP}{unit}"


def phone(number_: str) -> str:
    """Write an E.164 number of Kazakhstan in groups: `+7 701 555 14 08`."""
    if len(number_) == 12 and number_.startswith("+7"):
        parts = (number_[:2], number_[2:5], number_[5:8], number_[8:10], number_[10:])
        return NBSP.join(parts)
    return number_


def initials(name: str) -> str:
    """Return up to two capitals of a person's name: `АС`."""
    return "".join(part[0] for part in name.split()[:2]).upper() or "?"


def sort_key(code: str) -> Callable[[str], tuple[tuple[int, str], ...]]:
    """Return a key that sorts names by the alphabet of language `code`.

    Letters of other alphabets come after, by code point. Source: the order of the Kazakh
    alphabet, in which Ә Ғ Қ Ң Ө Ұ Ү Һ І have places of their own.
    """
    places = {letter: place for place, letter in enumerate(_ALPHABETS.get(code, ""))}

    def key(text: str) -> tuple[tuple[int, str], ...]:
        folded = unicodedata.normalize("NFC", text).casefold()
        return tuple((places.get(letter, len(places)), letter) for letter in folded)

    return key


def one_line(written: str) -> str:
    """Return `written` on one line; a space that holds two words together stays one."""
    return " ".join(re.findall(r"[^ \t\r\n]+", written))


def is_storable(text: str) -> bool:
    """Say whether PostgreSQL can keep `text`: no NUL, no lone surrogate."""
    return "\0" not in text and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "number": number,
    "day": day,
    "weekday": weekday,
    "month": month,
    "clock_time": clock_time,
    "day_time": day_time,
    "deadline": deadline,
    "iso": iso,
    "ago": ago,
    "left": left,
    "took": took,
    "size": size,
    "phone": phone,
    "initials": initials,
    "in_language": in_language,
}


def init_app(app: Flask, *, selector: Callable[[], str | None]) -> None:
    """Load every feature's catalogue and give the templates their filters.

    `selector` returns the visitor's language code, or None for the fallback.
    """
    folders = sorted((app.config["ROOT"] / "translations").glob("*/"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in folders)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "UTC"
    babel = flask_babel.Babel()
    babel.init_app(
        app,
        default_locale=LOCALES[FALLBACK],
        locale_selector=lambda: LOCALES.get(selector() or FALLBACK, LOCALES[FALLBACK]),
    )
    for name in ("datetimeformat", "dateformat", "timeformat", "timedeltaformat", "numberformat"):
        app.jinja_env.filters.pop(name, None)
    app.jinja_env.filters.update(FILTERS)


def as_aware(moment: datetime) -> datetime:
    """Return `moment` with UTC named; raises ValueError if it names no offset."""
    if moment.tzinfo is None:
        raise ValueError("a naive moment")
    return moment.astimezone(UTC)
