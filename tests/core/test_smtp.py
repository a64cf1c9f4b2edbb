"""Postman against a mail server that refuses, breaks off and goes stale."""

import socket
import struct

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from portal.core.smtp import (
    AddressRefusedError,
    MailDeferredError,
    MailRefusedError,
    MailServer,
    MailUncertainError,
    Postman,
)

LETTER = b"Subject: x\r\n\r\n.dot\r\n..two\r\nend"


class MoodyServer:
    """Says no in every way, by the name of the recipient or of the sender."""

    def __init__(self):
        self.taken = []
        self.greeted = 0

    async def handle_EHLO(  # noqa: N802
        self, _server, session, _envelope, hostname, responses
    ):
        self.greeted += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server, _session, envelope, address, _options
    ):
        name = address.partition("@")[0]
        if name == "never":
            return "550 5.1.1 No such person"
        if name == "later":
            return "451 4.3.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        name = envelope.rcpt_tos[0].partition("@")[0]
        if name == "spam":
            return "554 5.7.1 Not here"
        if name == "breaks":
            abort(server)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if name == "last":
            abort(server)
        return "250 OK"


def abort(server):
    """Reset the connection, as a crash does."""
    raw = server.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.transport.abort()


class Plain(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="kabinet")


@pytest.fixture
def moody():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Plain(MoodyServer(), hostname="127.0.0.1", port=port)
    server.start()
    server.handler.url = f"smtp://127.0.0.1:{port}"
    yield server.handler
    server.stop()


@pytest.fixture
def postman(moody):
    with Postman(MailServer.from_url(moody.url)) as postman:
        yield postman


def send(postman, name, sender="a@portal.kz"):
    postman.deliver(LETTER, sender=sender, recipient=f"{name}@example.kz")


def test_a_message_arrives_as_it_was_written_dots_and_all(postman, moody):
    send(postman, "aliya")

    assert moody.taken == [("a@portal.kz", ["aliya@example.kz"], LETTER + b"\r\n")]


def test_many_messages_use_one_connection(postman, moody):
    for name in ("one", "two", "three"):
        send(postman, name)

    assert len(moody.taken) == 3
    assert moody.greeted == 1


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("never", AddressRefusedError, 550),
        ("later", MailDeferredError, 451),
        ("spam", MailRefusedError, 554),
    ],
)
def test_a_refusal_says_what_it_is_and_the_next_message_still_leaves(
    postman, moody, name, error, code
):
    with pytest.raises(error) as refusal:
        send(postman, name)
    send(postman, "aliya")

    assert type(refusal.value) is error
    assert refusal.value.code == code
    assert [rcpt for _, rcpt, _ in moody.taken] == [["aliya@example.kz"]]


def test_a_connection_that_breaks_after_the_last_dot_leaves_the_outcome_uncertain(postman):
    with pytest.raises(MailUncertainError):
        send(postman, "breaks")
    send(postman, "aliya")


def test_a_stale_connection_is_opened_anew(postman, moody):
    send(postman, "aliya")
    with pytest.raises(MailUncertainError):
        send(postman, "last")
    send(postman, "aliya")

    assert moody.greeted == 2


def test_a_server_that_is_away_means_later():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = MailServer.from_url(f"smtp://127.0.0.1:{probe.getsockname()[1]}")

        with Postman(away) as postman, pytest.raises(MailDeferredError):
            send(postman, "aliya")


@pytest.mark.parametrize(
    "url",
    ["", "mail.kz", "http://mail.kz", "smtp://", "smtp://user:pass@mail.kz:25"],
)
def test_an_address_of_a_mail_server_that_cannot_be_used_is_refused(url):
    with pytest.raises(ValueError, match="SMTP_URL"):
        MailServer.from_url(url)


def test_a_password_may_hold_marks_and_needs_encryption():
    server = MailServer.from_url("smtps://robot:p%40ss%2Fword@mail.kz")

    assert (server.user, server.password, server.port) == ("robot", "p@ss/word", 465)
