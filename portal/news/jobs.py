"""The worker's part of a mailing."""

from uuid import UUID

from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import User
from portal.config import Settings
from portal.core import clock
from portal.core.db import transaction
from portal.core.jobs import enqueue, periodic, task
from portal.core.mail import hand_over
from portal.core.smtp import MailServer, Postman
from portal.news import ledger
from portal.news.actions.send import SENDERS
from portal.news.letters import Press
from portal.news.models import Channel, Issue, State
from portal.news.sending import Sender

_IS_WAITING = text(
    "select 1 from jobs.procrastinate_jobs where lock = :lock and status in ('todo', 'doing')"
)


@task()
def list_deliveries(issue_id: str) -> None:
    """Write down who is to get an issue, once, and start its senders."""
    with transaction() as own:
        issue = own.scalar(select(Issue).where(Issue.id == UUID(issue_id)).with_for_update())
        if issue is None or issue.state != State.SENDING:
            return
        if issue.listed_at is None:
            ledger.write_down(own, issue, now=clock.now())
        for sender in range(1, SENDERS + 1):
            _start(own, issue.id, sender)


def _start(own: Session, issue_id: UUID, sender: int) -> None:
    lock = f"news.{issue_id}.{sender}"  # One run of a sender at a time.
    enqueue(own, send_deliveries, lock=lock, issue_id=str(issue_id), sender=sender)


@task()
def send_deliveries(issue_id: str, sender: int) -> None:
    """Send copies of an issue until none is left. May be killed and run again at any moment."""
    with transaction() as own:
        issue = _issue(own, issue_id)
        if issue is None or issue.state != State.SENDING:
            return
        ledger.take_over(own, issue.id, sender, now=clock.now())
        press = Press(issue)
        work = Sender(issue.id, issue.newsletter_id, sender)
    with Postman(_mail_server()) as postman:
        work.run(press, postman)
    with transaction() as own:
        if again_at := ledger.close(own, UUID(issue_id), now=clock.now()):
            lock = f"news.{issue_id}.{sender}"
            enqueue(own, send_deliveries, at=again_at, lock=lock, issue_id=issue_id, sender=sender)


@task()
def send_test(issue_id: str, user_id: str) -> None:
    """Send an issue to one editor, in every language it has."""
    with transaction() as own:
        issue, editor = _issue(own, issue_id), own.get(User, UUID(user_id))
        if issue is None or editor is None:
            return
        press = Press(issue)
        token = (editor.id, press.token(editor.id))
        ledger.remember_tokens(own, issue.newsletter_id, Channel.EMAIL, [token])
        copies, address = press.test_copies(issue, editor), editor.email
    for copy in copies:
        hand_over(copy, to=address)


@periodic("* * * * *")
def carry_on() -> None:
    """Start the senders that are missing, whatever became of their jobs."""
    with transaction() as own:
        for issue in own.scalars(select(Issue).where(Issue.state == State.SENDING)).all():
            if issue.listed_at is None:
                enqueue(own, list_deliveries, issue_id=str(issue.id))
                continue
            for sender in range(1, SENDERS + 1):
                lock = {"lock": f"news.{issue.id}.{sender}"}
                if own.execute(_IS_WAITING, lock).first() is None:
                    _start(own, issue.id, sender)


def _issue(own: Session, issue_id: str) -> Issue | None:
    query = select(Issue).options(joinedload(Issue.newsletter), selectinload(Issue.texts))
    found: Issue | None = own.scalar(query.where(Issue.id == UUID(issue_id)))
    return found


def _mail_server() -> MailServer:
    settings: Settings = current_app.config["SETTINGS"]
    return MailServer.from_url(settings.smtp_url)
