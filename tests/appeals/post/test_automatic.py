"""Robots and our own letters are recognised, people are not taken for them."""

import pytest

from portal.appeals.post.automatic import Reason, reason
from portal.appeals.post.reading import read
from tests.appeals.post.samples import SENDER, letter, raw

OURS = {"appeals@localhost", "no-reply@localhost"}
DSN = raw(
    "From: Mail Delivery System <MAILER-DAEMON@mx.example.kz>\nSubject: Undelivered Mail\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    "--b\r\n\r\nI could not deliver it.\r\n--b--\r\n",
)


def told(content, sender=SENDER):
    return reason(
        read(content),
        envelope_sender=sender,
        our_addresses=OURS,
        is_ours=lambda written: written == "<ours@localhost>",
    )


@pytest.mark.parametrize(
    ("content", "sender", "why"),
    [
        (DSN, "x@y.kz", Reason.BOUNCE),
        (letter(), "", Reason.BOUNCE),
        (letter(), "<>", Reason.BOUNCE),
        (letter(From="postmaster@example.kz"), SENDER, Reason.BOUNCE),
        (letter(Auto_Submitted="auto-replied (vacation)"), SENDER, Reason.AUTOMATIC),
        (letter(Auto_Submitted="Auto-Generated; owner=x"), SENDER, Reason.AUTOMATIC),
        (letter(X_Autoreply="yes"), SENDER, Reason.AUTOMATIC),
        (letter(Precedence="bulk"), SENDER, Reason.AUTOMATIC),
        (letter(Subject="Automatic reply: Не работает"), SENDER, Reason.AUTOMATIC),
        (letter(Subject="Автоответ: я в отпуске"), SENDER, Reason.AUTOMATIC),
        (letter(List_Id="<news.example.kz>"), SENDER, Reason.LIST),
        (letter(X_Loop="appeals@localhost"), SENDER, Reason.LOOP),
        (b"Received: x\r\n" * 41 + letter(), SENDER, Reason.LOOP),
        (letter(From="Kabinet <no-reply@localhost>"), SENDER, Reason.OWN),
        (letter(Message_ID="<ours@localhost>"), SENDER, Reason.OWN),
    ],
)
def test_a_robot_is_known(content, sender, why):
    assert told(content, sender) is why


@pytest.mark.parametrize(
    "content",
    [
        letter(),
        letter(Auto_Submitted="no"),
        letter(Subject="Отпуск: как приостановить договор?"),
        letter(Subject="Автоответ не отключается на моём номере"),
        letter(Subject="Out of office hours nobody answers"),
        letter(Delivered_To="appeals@localhost"),
        letter(X_Auto_Response_Suppress="All", Importance="high"),
        b"Received: x\r\n" * 12 + letter(),
    ],
)
def test_a_person_is_no_robot(content):
    assert told(content) is None
