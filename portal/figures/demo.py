"""Calls and visits to the office of the last three months, so that there is something to count."""

from datetime import datetime, timedelta

from portal.accounts.demo import Cast
from portal.appeals import actions
from portal.appeals.states import AppealKind, Channel
from portal.core import clock
from portal.core.db import session
from portal.core.text import local
from portal.figures import actions as figures

_ASKED = (
    (AppealKind.QUESTION, "Как подключить вторую приставку?", "Приставка добавляется в услугах."),
    (AppealKind.QUESTION, "Когда спишется плата за месяц?", "Плата списывается первого числа."),
    (AppealKind.FAULT, "Пропадает звук на каналах", "Приставка обновлена, звук есть."),
    (AppealKind.COMPLAINT, "Дважды пришёл один счёт", "Второй счёт отменён, сумма не изменилась."),
    (AppealKind.SUGGESTION, "Добавьте оплату по QR", "Передали тем, кто занимается оплатой."),
)
_CALLERS = ("Марат Сейтов", "Жанна Ким", "Олег Павлов", "Сауле Ахметова")
# Channel, how many, and how many days lie between two of them.
_SERIES = ((Channel.PHONE, 38, 2.3), (Channel.OFFICE, 12, 1.7))
_LONGEST_WORK = 34


def load(cast: Cast) -> None:
    """Register and answer them, each at its time, some late; then count every day."""
    now = clock.now()
    for channel, count, apart in _SERIES:
        for place in range(count):
            at = now - timedelta(days=1 + place * apart)
            _happen(cast, channel, place, at)
    session.flush()  # What is counted is read from the database.
    for day in figures.changed_days():
        figures.count_day(day)
    figures.count_ratings(since=local(now).date() - timedelta(days=90))
    figures.finish(now)


def _happen(cast: Cast, channel: Channel, place: int, at: datetime) -> None:
    kind, subject, answer = _ASKED[place % len(_ASKED)]
    writer = actions.Writer(
        name=_CALLERS[place % len(_CALLERS)],
        address=f"+7701555{2000 + place}",
        language="ru",
        channel=channel,
        received_at=at,
        registered_by=cast.daniyar,
    )
    with clock.standing_at(at):
        appeal = actions.file_appeal(writer, kind=kind, subject=subject, body=subject).appeal
    minutes = 3 + place * place % _LONGEST_WORK * 11  # Some are so long that the day is over.
    with clock.standing_at(at + timedelta(minutes=minutes)):
        actions.send_final(appeal, body=answer, by=cast.daniyar)
