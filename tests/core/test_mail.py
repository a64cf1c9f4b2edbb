"""What a message looks like when it leaves."""

from email import message_from_bytes
from email.policy import default

import pytest

from portal.core.mail import Mail, compose

PLAIN = {
    "to": "aliya@example.kz",
    "sender": "Қазақтелеком <no-reply@kabinet.kz>",
    "subject": "Өтінішіңізге жауап берілді",
    "text": "Сәлеметсіз бе!\n\nЖауап келді.\n",
    "message_id": "<1@kabinet.kz>",
}


def read(mail):
    return message_from_bytes(compose(mail).as_bytes(), policy=default)


def test_kazakh_letters_survive_in_the_names_the_subject_and_the_text():
    message = read(Mail(**PLAIN))

    assert message["From"].addresses[0].display_name == "Қазақтелеком"
    assert message["Subject"] == PLAIN["subject"]
    assert message.get_content().splitlines() == PLAIN["text"].splitlines()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<1@kabinet.kz>"


@pytest.mark.parametrize("letters", range(1, 20))
def test_no_space_of_a_long_subject_is_lost_where_it_is_folded(letters):
    subject = f"{'я' * letters} ответ на ваше обращение 26-ZZ45-N"
    message = compose(Mail(**{**PLAIN, "subject": subject})).as_bytes()

    assert message_from_bytes(message, policy=default)["Subject"] == subject
    assert max(map(len, message.partition(b"\r\n\r\n")[0].splitlines())) <= 78


def test_html_stands_beside_the_plain_text_and_after_it():
    message = read(Mail(**PLAIN, html="<p>Жауап келді.</p>"))

    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert message.get_content_type() == "multipart/alternative"
    assert kinds == ["text/plain", "text/html"]


@pytest.mark.parametrize("mark", ["\r", "\n", "\0", "\r\nBcc: all@example.kz"])
@pytest.mark.parametrize("name", ["to", "sender", "subject", "message_id"])
def test_a_line_break_cannot_begin_another_header(name, mark):
    with pytest.raises(ValueError, match="one line"):
        compose(Mail(**{**PLAIN, name: PLAIN[name] + mark}))


def test_a_line_break_in_a_header_of_the_callers_is_refused():
    with pytest.raises(ValueError, match="one line"):
        compose(Mail(**PLAIN, headers={"List-Id": "a\r\nBcc: b"}))
