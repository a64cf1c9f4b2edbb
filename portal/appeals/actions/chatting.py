"""A chat is an appeal that the customer opens with his first message."""

from sqlalchemy import func, select

from portal.accounts.models import Account, User
from portal.appeals import queries
from portal.appeals.actions.customer import reply
from portal.appeals.actions.filing import Writer, file_appeal
from portal.appeals.models import LONGEST_SUBJECT, Appeal
from portal.appeals.states import AppealKind, Channel
from portal.core.db import session


def chat(user: User, account: Account, *, body: str) -> Appeal:
    """Say something in the user's chat that is open, or open one; return its appeal.

    Of two first messages at once the second goes into the chat that the first opened.
    Raises RuleError if the text is empty or too long.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"chat:{user.id}"))))
    if running := queries.open_chat_of(account, user, lock=True):
        reply(running, body=body, by=user)
        return running
    writer = Writer(user.name, user.email, user.language, user, account, channel=Channel.CHAT)
    return file_appeal(
        writer, kind=AppealKind.QUESTION, subject=subject_of_text(body), body=body
    ).appeal


def subject_of_text(body: str) -> str:
    """Return the first line of a text as a subject, cut between words when it is long."""
    line = next((each.strip() for each in body.splitlines() if each.strip()), "")
    if len(line) <= LONGEST_SUBJECT:
        return line
    head = line[: LONGEST_SUBJECT - 1]
    return (head.rsplit(None, 1)[0] if " " in head else head).rstrip(" ,.;:") + "…"
