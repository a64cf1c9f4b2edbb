"""Appeals that the portal opens for a customer because his order goes wrong."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from portal.accounts.models import Account, User
from portal.accounts.queries import told_of
from portal.appeals.actions.filing import Writer, open_fault
from portal.appeals.actions.saying import Speaker, say
from portal.appeals.models import Appeal, Contact
from portal.appeals.states import OPEN_STATES, Author
from portal.core import audit
from portal.core.db import session

_OPERATORS_LANGUAGE = "ru"


class Matter(StrEnum):
    """What became of an order."""

    FAILED = "failed"
    PARTIAL = "partial"
    HELD = "held"
    LATE = "late"
    DONE = "done"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


_SUBJECTS: Mapping[str, tuple[str, str]] = {
    "kk": ("%(number)s өтінімі орындалмады", "%(number)s өтінімі кешігіп жатыр"),
    "ru": ("Заявка %(number)s не выполнена", "Заявка %(number)s задерживается"),
    "en": ("Order %(number)s was not carried out", "Order %(number)s takes longer"),
}
_PARTLY: Mapping[str, str] = {
    "kk": "%(number)s өтінімі ішінара орындалды",
    "ru": "Заявка %(number)s выполнена частично",
    "en": "Order %(number)s was carried out in part",
}
_OPENED: Mapping[str, str] = {
    "kk": "Бұл өтінішті портал сіз үшін өзі ашты.",
    "ru": "Это обращение портал открыл за вас сам.",
    "en": "The portal opened this appeal for you.",
}
_WORDS: Mapping[Matter, Mapping[str, str]] = {
    Matter.FAILED: {
        "kk": "%(number)s өтінімін желі орындай алмады.",
        "ru": "Сеть не смогла выполнить заявку %(number)s.",
        "en": "The network could not carry out order %(number)s.",
    },
    Matter.PARTIAL: {
        "kk": "%(number)s өтінімін желі тек ішінара орындады және орындалғанын қайтара алмады.",
        "ru": "Сеть выполнила заявку %(number)s лишь частично и не смогла вернуть сделанное.",
        "en": "The network did order %(number)s only in part and could not take that back.",
    },
    Matter.HELD: {
        "kk": "Желі жауап бермейді: %(number)s өтінімі мамандарды күтіп тұр.",
        "ru": "Сеть не отвечает: заявка %(number)s ждёт специалистов.",
        "en": "The network does not answer: order %(number)s waits for the specialists.",
    },
    Matter.LATE: {
        "kk": "Желі %(number)s өтінімін әлі растаған жоқ. Портал одан сұрай береді.",
        "ru": "Сеть ещё не подтвердила заявку %(number)s. Портал продолжает её спрашивать.",
        "en": "The network has not confirmed order %(number)s yet. The portal goes on asking it.",
    },
    Matter.DONE: {
        "kk": "%(number)s өтінімі енді орындалды.",
        "ru": "Заявка %(number)s теперь выполнена.",
        "en": "Order %(number)s has now been carried out.",
    },
    Matter.CANCELLING: {
        "kk": "Клиент %(number)s өтінімінен бас тартты. Портал желі одан не орындағанын біліп,"
        " соны кері қайтарады.",
        "ru": "Клиент отменяет заявку %(number)s. Портал узнаёт, что из неё сделала сеть, и"
        " возвращает это назад.",
        "en": "The customer cancels order %(number)s. The portal finds out what the network has"
        " done of it and takes that back.",
    },
    Matter.CANCELLED: {
        "kk": "%(number)s өтінімінен бас тартылды: одан ештеңе күшінде қалған жоқ, ақы алынбайды.",
        "ru": "Заявка %(number)s отменена: ничего из неё не действует, платить за неё не нужно.",
        "en": "Order %(number)s is cancelled: nothing of it holds, and it costs nothing.",
    },
}


def file_fault_of_order(
    account_id: UUID, user_id: UUID, *, order_id: UUID, number: str, matter: Matter
) -> Appeal:
    """Open a fault for an order, in the customer's name; one that is open gets a message instead.

    It is filed for `user_id`, or for the holder if he has left the contract. Who publishes what
    became of an order holds its row, so that two never file for it at once.
    Source: services.md, orders that fail open an appeal by themselves.
    """
    if appeal := _open_of(order_id):
        _say(appeal, matter, number)
        return appeal
    writer = _writer(account_id, user_id)
    body = f"{_WORDS[matter][writer.language]} {_OPENED[writer.language]}" % {"number": number}
    subject = _subject(matter, writer.language) % {"number": number}
    appeal = open_fault(writer, subject=subject, body=body, order_id=order_id)
    audit.record("appeals.appeal_opened", subject=appeal, order=number)
    return appeal


def note_order(order_id: UUID, *, number: str, matter: Matter) -> None:
    """Say in the open appeal of an order, if there is one, what became of the order after all."""
    if appeal := _open_of(order_id):
        _say(appeal, matter, number)


def _open_of(order_id: UUID) -> Appeal | None:
    query = (
        select(Appeal)
        .where(Appeal.order_id == order_id, Appeal.state.in_(OPEN_STATES))
        .order_by(Appeal.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def _say(appeal: Appeal, matter: Matter, number: str) -> None:
    language = session.get_one(Contact, appeal.contact_id).language
    say(appeal, _WORDS[matter][language] % {"number": number}, Speaker(Author.SYSTEM))


def _subject(matter: Matter, language: str) -> str:
    if matter is Matter.PARTIAL:
        return _PARTLY[language]
    failed, lasts = _SUBJECTS[language]
    return failed if matter is Matter.FAILED else lasts


def _writer(account_id: UUID, user_id: UUID) -> Writer:
    account = session.get_one(Account, account_id)
    if readers := told_of(account_id, first=user_id):
        user = session.get_one(User, readers[0])
        return Writer(user.name, user.email, user.language, user, account)
    return Writer(account.holder_name, account.email or "", _OPERATORS_LANGUAGE, None, account)
