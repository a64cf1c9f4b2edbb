"""Outages of the demo: one runs at the neighbour’s address, works are planned, one is over."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from portal.accounts.demo import NEIGHBOURS_DISTRICT, Cast
from portal.appeals.outages import actions, queries
from portal.appeals.outages.models import Outage
from portal.appeals.outages.places import Area, NewOutage
from portal.core import clock
from portal.core.db import session
from portal.core.text import ZONE, today

_CUT = {
    "kk": "Саина көшесінде кабель үзілді",
    "ru": "Обрыв кабеля на улице Саина",
    "en": "A cable is cut in Sain Street",
}
_GROUND = {
    "kk": "Кабельді ашу үшін жол жабынын алып тастау керек",
    "ru": "Чтобы открыть кабель, нужно снять дорожное покрытие",
    "en": "The road surface has to come off to reach the cable",
}
_WORKS = {
    "kk": "Түнде станция жабдығын ауыстырамыз",
    "ru": "Ночью меняем оборудование станции",
    "en": "At night we replace equipment of the exchange",
}
_POWER = {
    "kk": "Түйінде жарық сөнді",
    "ru": "На узле пропало электричество",
    "en": "A node had no power",
}


def load(cast: Cast) -> None:
    """Open them as Daniyar; the running one began two hours ago and its time was moved once."""
    now = clock.now()
    _open(cast, _POWER, [Area("kaskelen")], _span(now, -98, -94), is_over=True)
    cut = _open(cast, _CUT, [Area("almaty", NEIGHBOURS_DISTRICT)], _span(now, -2, 2))
    with clock.standing_at(now - timedelta(minutes=40)):
        held = queries.locked_outage(cut.id, to_end=True)
        later = _quarter(now + timedelta(hours=4))
        actions.move_promise(held, later, reason=_GROUND, by=cast.daniyar)
    night = datetime.combine(today() + timedelta(days=2), time(2), tzinfo=ZONE)
    _open(cast, _WORKS, [Area("almaty")], (night, night + timedelta(hours=3)), is_planned=True)


def _span(now: datetime, begins: int, ends: int) -> tuple[datetime, datetime]:
    """Return quarters of an hour, so many hours from now."""
    return _quarter(now + timedelta(hours=begins)), _quarter(now + timedelta(hours=ends))


def _quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _open(
    cast: Cast,
    cause: dict[str, str],
    areas: Sequence[Area],
    span: tuple[datetime, datetime],
    *,
    is_planned: bool = False,
    is_over: bool = False,
) -> Outage:
    begins, promised = span
    opened_at = clock.now() if is_planned else begins + timedelta(minutes=5)
    with clock.standing_at(opened_at):
        outage = actions.open_outage(
            NewOutage(areas, (), is_planned, cause, begins, promised), by=cast.daniyar
        )
    session.flush()  # It is locked before it is changed.
    if is_over:
        ended_at = promised - timedelta(minutes=20)
        with clock.standing_at(ended_at):
            actions.restore(outage, ended_at, by=cast.daniyar)
    return outage
