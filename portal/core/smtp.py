"""Speak SMTP: one message at a time, and an honest answer about what became of it."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

SECONDS_TO_ANSWER = 20
"""How long the server may take over a connection, a command, a reply."""

DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailError(Exception):
    """The message did not leave, or nobody knows."""

    def __init__(self, reason: str, *, code: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class MailRefusedError(MailError):
    """The server refused for ever: another try is of no use."""


class AddressRefusedError(MailRefusedError):
    """The server refused this recipient for ever: nothing more should be sent there."""


class MailDeferredError(MailError):
    """The server refused for now, or cannot be reached: the message has not left, try later."""


class MailUncertainError(MailError):
    """The connection broke after the message was handed over: it may or may not have left."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where SMTP_URL points to."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """Read `smtp://`, `smtp+starttls://` or `smtps://`, each with `user:password@host:port`.

        Raises ValueError if it is none of them, or would send a password in the clear.
        """
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError(
                "SMTP_URL must look like smtp://host:25 or smtps://user:pass@host:465."
            )
        server = cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
        if server.user and server.scheme == "smtp" and not _is_loopback(server.host):
            raise ValueError("SMTP_URL has a password: use smtps:// or smtp+starttls://.")
        return server

    def connect(self) -> smtplib.SMTP:
        """Open a connection, encrypted and signed in as the address says."""
        if self.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host,
                self.port,
                timeout=SECONDS_TO_ANSWER,
                context=ssl.create_default_context(),
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=SECONDS_TO_ANSWER)
        try:
            self._greet(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _greet(self, connection: smtplib.SMTP) -> None:
        if self.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if self.user:
            connection.login(self.user, self.password)


class Postman:
    """One connection to the mail server: opened by the first message, opened anew after a fault."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def deliver(self, content: bytes, *, sender: str, recipient: str) -> None:
        """Hand over one finished message; return when the server has taken it.

        Raises AddressRefusedError or MailRefusedError (never again), MailDeferredError (not left,
        try later), MailUncertainError (the connection broke before the last reply).
        """
        try:
            connection = self._address(sender, recipient)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailDeferredError(type(error).__name__) from error
        try:
            connection.send(_stuffed(content))
            reply = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailUncertainError(type(error).__name__) from error
        _expect(250, reply)

    def _address(self, sender: str, recipient: str) -> smtplib.SMTP:
        """Get the server ready for the content; a stale connection is opened once anew."""
        if self._connection is not None:
            try:
                return self._envelope(self._connection, sender, recipient)
            except (smtplib.SMTPServerDisconnected, OSError):
                self._hang_up()
        self._connection = self._server.connect()
        return self._envelope(self._connection, sender, recipient)

    def _envelope(self, connection: smtplib.SMTP, sender: str, recipient: str) -> smtplib.SMTP:
        try:
            _expect(250, connection.mail(sender))
            code, text = connection.rcpt(recipient)
            if 500 <= code < 600:
                raise AddressRefusedError(_words(text), code=code)
            _expect(250, (250 if code == 251 else code, text))
            _expect(354, connection.docmd("DATA"))
        except MailError:
            self._start_over(connection)
            raise
        return connection

    def _start_over(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _expect(wanted: int, reply: tuple[int, bytes]) -> None:
    code, text = reply
    if code == wanted:
        return
    refusal = MailRefusedError if 500 <= code < 600 else MailDeferredError
    raise refusal(_words(text), code=code)


def _words(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\n", " ")[:200]


def _stuffed(content: bytes) -> bytes:
    """Double leading dots and end with the dot. Source: RFC 5321, section 4.5.2."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
