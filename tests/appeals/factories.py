"""Appeals, valid by default, filed through the real actions."""

from contextlib import contextmanager
from uuid import UUID

from portal.accounts.models import Account, User
from portal.appeals import actions, queries
from portal.appeals.models import Appeal
from portal.appeals.states import AppealKind
from portal.core.db import transaction

TEXT = "Every evening after eight the internet goes away for ten minutes."


@contextmanager
def acting(app, **scope):
    """Do something as the portal would: in the app, in one transaction, with what it may see."""
    with app.app_context(), transaction(**scope) as session:
        yield session


def writer_of(session, person):
    user = session.get_one(User, person.id)
    account = session.get_one(Account, person.account_id)
    return actions.Writer(user.name, user.email, user.language, user, account)


def file_appeal(
    app, person, kind=AppealKind.QUESTION, subject="Evening trouble", body=TEXT
) -> UUID:
    """File an appeal of a person of the cast and return its id."""
    with acting(app, account_id=person.account_id, user_id=person.id) as session:
        writer = writer_of(session, person)
        filed = actions.file_appeal(writer, kind=kind, subject=subject, body=body)
        return filed.appeal.id


def file_publicly(app, kind=AppealKind.QUESTION, subject="How to pay", body=TEXT):
    """File an appeal of somebody without an account; returns its id and secret."""
    with acting(app):
        writer = actions.Writer("Nursultan Aliyev", "n@example.kz", "en")
        filed = actions.file_appeal(writer, kind=kind, subject=subject, body=body)
        return filed.appeal.id, filed.secret


def as_staff(app, person, appeal_id, work, **arguments):
    """Let a specialist do `work` (an action) with an appeal."""
    with acting(app, user_id=person.id, staff=True) as session:
        appeal = queries.appeal_for_staff(appeal_id, lock=True)
        return work(appeal, by=session.get_one(User, person.id), **arguments)


def as_customer(app, person, appeal_id, work, **arguments):
    """Let a person of the cast do `work` (an action) with his appeal."""
    with acting(app, account_id=person.account_id, user_id=person.id) as session:
        account = session.get_one(Account, person.account_id)
        appeal = queries.appeal_of(account, appeal_id, lock=True)
        return work(appeal, by=session.get_one(User, person.id), **arguments)


def stored(db, appeal_id) -> Appeal:
    db.expire_all()
    return db.get_one(Appeal, appeal_id)
