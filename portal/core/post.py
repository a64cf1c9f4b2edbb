"""Send single e-mails: a job of the transaction that wrote them, tried again until it leaves."""

import logging
from dataclasses import asdict
from email.policy import SMTP
from email.utils import parseaddr
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from portal.core import jobs, mail
from portal.core.mail import Mail
from portal.core.smtp import MailRefusedError, MailServer, Postman

log = logging.getLogger(__name__)


def send(session: Session, letter: Mail) -> None:
    """Let an e-mail leave after this transaction's commit; rolled back with it."""
    jobs.enqueue(session, deliver, **asdict(letter))


def sender() -> str:
    """Return the portal's own address: `Kabinet <no-reply@...>`."""
    return str(current_app.config["SETTINGS"].mail_from)


def message_id(of: UUID, kind: str) -> str:
    """Return the id of a message about a row: the same on every try, so that a copy is known."""
    return f"<{kind}.{of}@{mail.domain_of(sender())}>"


@jobs.task()
def deliver(**letter: object) -> None:
    """Hand one message to the mail server. An address refused for ever ends the job, and is logged.

    Raises MailDeferredError or MailUncertainError, so that the job is tried again.
    """
    written = Mail(**letter)  # type: ignore[arg-type]
    server = MailServer.from_url(current_app.config["SETTINGS"].smtp_url)
    try:
        with Postman(server) as postman:
            postman.deliver(
                mail.compose(written).as_bytes(policy=SMTP),
                sender=parseaddr(written.sender)[1],
                recipient=parseaddr(written.to)[1],
            )
    except MailRefusedError as error:
        log.warning("mail.refused id=%s code=%s", written.message_id, error.code)
