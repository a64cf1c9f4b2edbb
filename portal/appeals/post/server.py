"""The mail server that takes letters for the service address: `flask appeals post`.

Letters for mailboxes of other features (core/incoming.py) are handed to these.
It says 250 when the transaction is committed, and not before: whoever hears nothing sends again,
and the second time is recognised.
"""

import asyncio
import logging
import signal
import socket

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from flask import Flask

from portal.appeals import references
from portal.appeals.post import actions
from portal.appeals.post.reading import read
from portal.config import Settings
from portal.core import db
from portal.core.errors import RuleError, ThrottledError
from portal.core.incoming import taker_of

log = logging.getLogger(__name__)

LARGEST_LETTER = 40 * 1024 * 1024  # ten pictures of a telephone, written in base64
AT_ONCE = 2
IDLE_SECONDS = 120
_NOT_HERE = "550 5.1.1 There is no such mailbox here"
_TOO_OFTEN = "450 4.7.1 You have written very often; send this again in an hour"
_EMPTY = "554 5.6.0 This letter is empty: write what it is about"
_NOT_NOW = "451 4.3.0 The letter cannot be kept just now; send it again later"
_TAKEN = "250 2.0.0 Taken"


class Receiver:
    """What aiosmtpd asks for each recipient and each letter."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        settings: Settings = app.config["SETTINGS"]
        self._address = settings.appeals_address
        self._free = asyncio.Semaphore(AT_ONCE)

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self,
        _server: SMTP,
        _session: Session,
        envelope: SmtpEnvelope,
        address: str,
        _options: list[str],
    ) -> str:
        if not (self._is_service(address) or taker_of(self._app, address)):
            return _NOT_HERE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 (the name is aiosmtpd's)
        self, _server: SMTP, _session: Session, envelope: SmtpEnvelope
    ) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return _EMPTY
        told = actions.Envelope(envelope.mail_from or "", tuple(envelope.rcpt_tos))
        async with self._free:
            return await asyncio.to_thread(self._hand_over, content, told)

    async def handle_exception(self, error: Exception) -> str:
        """Let the letter come again later: what is wrong here is not the customer's fault."""
        log.error("post.not_kept kind=%s", type(error).__name__, exc_info=error)
        return _NOT_NOW

    def _is_service(self, address: str) -> bool:
        return references.token_in(address, self._address) is not None

    def _hand_over(self, content: bytes, envelope: actions.Envelope) -> str:
        with self._app.app_context():
            for address in envelope.recipients:
                if take := taker_of(self._app, address):
                    log.info("post.taken mailbox=%s outcome=%s", address, take(content))
        if any(map(self._is_service, envelope.recipients)):
            return self._take(content, envelope)
        return _TAKEN

    def _take(self, content: bytes, envelope: actions.Envelope) -> str:
        with self._app.app_context():
            try:
                letter = read(content)
                with db.transaction(staff=True):
                    outcome = actions.take(letter, envelope)
            except ThrottledError:
                return _TOO_OFTEN
            except RuleError:
                return _EMPTY
            log.info("post.taken key=%s outcome=%s", letter.key[:16], outcome)
            return _TAKEN


async def serve(app: Flask) -> None:
    """Take letters where MAIL_IN says until SIGTERM or SIGINT; those in hand are ended first."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for reason in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(reason, ended.set)
    receiver = Receiver(app)

    def protocol() -> SMTP:
        return SMTP(
            receiver,
            data_size_limit=LARGEST_LETTER,
            hostname=socket.gethostname(),
            ident="Kabinet",
            timeout=IDLE_SECONDS,
            enable_SMTPUTF8=True,
            loop=loop,
        )

    host, port = app.config["SETTINGS"].mail_in
    server = await loop.create_server(protocol, host=host, port=port)
    log.info("post.started port=%s", port)
    async with server:
        await ended.wait()
