"""What asks for a rating: every contact that has ended; and reviews that run out of time."""

from uuid import UUID

from portal.accounts.queries import holders_of, told_of
from portal.core.events import on
from portal.core.mail import is_address
from portal.events import AppealAnswered, ContactNoted, OrderCompleted, StepsPassed, VisitDone
from portal.feedback.asking import Contact, Reach, ask
from portal.feedback.reminding import tell_of_reviews


@on(StepsPassed)
def tell_supervisors(event: StepsPassed) -> None:
    tell_of_reviews(event.steps)


@on(AppealAnswered)
def ask_about_answer(event: AppealAnswered) -> None:
    """Ask about a final answer; the notice that tells a user or a holder of it asks already."""
    about = Contact(
        subject_kind="appeal",
        subject_id=event.appeal_id,
        cycle=event.cycle,
        title=event.topic,
        number=event.number,
        channel=event.channel,
        account_id=event.account_id,
        secret_hash=event.secret_hash,
        about_id=event.answered_by_id,
        about_name=event.answered_by,
    )
    account_id, is_user = event.account_id, not event.address
    is_told = bool(account_id and (is_user or holders_of(account_id)))
    ask(about, Reach(None, event.address, event.language, is_told=is_told))


@on(ContactNoted)
def ask_about_contact(event: ContactNoted) -> None:
    """Ask how a call or a talk in an office went: the caller by e-mail, else the holder."""
    about = Contact(
        subject_kind="contact",
        subject_id=event.appeal_id,
        title=event.topic,
        number=event.number,
        channel=event.channel,
        account_id=event.account_id,
        secret_hash=event.secret_hash,
        about_id=event.noted_by_id,
        about_name=event.noted_by,
    )
    user_id = event.user_id
    if user_id is None and event.account_id and not is_address(event.address):
        user_id = next(iter(holders_of(event.account_id)), None)
    ask(about, Reach(user_id, event.address, event.language))


@on(OrderCompleted)
def ask_about_order(event: OrderCompleted) -> None:
    about = Contact(
        subject_kind="order",
        subject_id=event.order_id,
        number=event.order_number,
        channel="order",
        account_id=event.account_id,
    )
    _ask_now(about, event.account_id, event.user_id)


@on(VisitDone)
def ask_about_visit(event: VisitDone) -> None:
    about = Contact(
        subject_kind="visit",
        subject_id=event.visit_id,
        number=event.order_number,
        channel="visit",
        account_id=event.account_id,
    )
    _ask_now(about, event.account_id, event.user_id)


def _ask_now(about: Contact, account_id: UUID, user_id: UUID) -> None:
    """Ask him, or the holder if he has left the contract; nobody if nobody is there."""
    if readers := told_of(account_id, first=user_id):
        ask(about, Reach(readers[0]))
