"""What asks for a rating: every contact that has ended; and reviews that run out of time."""

from uuid import UUID

from portal.accounts.queries import told_of
from portal.core.events import on
from portal.events import AppealAnswered, ContactNoted, OrderCompleted, StepsPassed, VisitDone
from portal.feedback.asking import Contact, Reach, ask
from portal.feedback.reminding import tell_of_reviews


@on(StepsPassed)
def tell_supervisors(event: StepsPassed) -> None:
    tell_of_reviews(event.steps)


@on(AppealAnswered)
def ask_about_answer(event: AppealAnswered) -> None:
    """Ask about a final answer; the letter that tells a user of it has asked already."""
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
    reach = Reach(None, event.address, event.language)
    ask(about, reach)


@on(ContactNoted)
def ask_about_contact(event: ContactNoted) -> None:
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
    ask(about, Reach(event.user_id, event.address, event.language))


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
