"""The e-mail of an issue: one writing, many copies."""

from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest

from portal.news.edition import NAME, TOKEN, Copy, Edition, Letter

URL = f"https://kabinet.kz/u/{TOKEN}"
ISSUE = UUID(int=2**127 + 5)


@pytest.fixture
def edition():
    letter = Letter(
        sender="Қазақтелеком <news@kabinet.kz>",
        subject="«Бірге 500»: бүкіл үй кезексіз интернетте",
        text=f"Сәлеметсіз бе, {NAME}!\n\n{'Ұзақ сөйлем. ' * 30}\n\nБас тарту: {URL}\n.\n",
        html=f'<p>Сәлеметсіз бе, {NAME}!</p><p><a href="{URL}">Бас тарту</a></p>',
        list_id='"New services" <new-services.news.kabinet.kz>',
        headers={"Content-Language": "kk"},
    )
    return Edition(letter, unsubscribe_url=URL, domain="kabinet.kz")


def copy(edition, **own):
    values = {"address": "aliya@example.kz", "name": "Әлия", "token": "t" * 43, "key": "k1"}
    return message_from_bytes(edition.copy(Copy(**{**values, **own})), policy=default)


def test_a_copy_has_the_headers_that_end_a_newsletter_in_one_click(edition):
    message = copy(edition)

    assert message["List-Id"] == '"New services" <new-services.news.kabinet.kz>'
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == (
        f"<https://kabinet.kz/u/{'t' * 43}>, <mailto:unsubscribe@kabinet.kz?subject={'t' * 43}>"
    )
    assert message["Message-ID"] == "<k1@kabinet.kz>"
    assert message["To"] == "aliya@example.kz"
    assert not message.defects


def test_a_copy_has_its_readers_name_and_link_in_both_parts(edition):
    text, page = [part.get_content() for part in copy(edition, name="Ғ&<b>ү").iter_parts()]

    assert "Сәлеметсіз бе, Ғ&<b>ү!" in text
    assert "Ғ&amp;&lt;b&gt;ү!" in page
    assert f"https://kabinet.kz/u/{'t' * 43}" in text.replace("\n", "")
    assert f'href="https://kabinet.kz/u/{"t" * 43}"' in page


def test_a_name_cannot_open_another_place_or_line(edition):
    text, _page = [
        part.get_content() for part in copy(edition, name="=[token]\r\nBcc: x").iter_parts()
    ]

    assert "=[token]" in text
    assert copy(edition, name="=[token]\r\nBcc: x")["Bcc"] is None


def test_no_line_is_longer_than_mail_servers_like(edition):
    written = edition.copy(Copy(address="a@b.kz", name="Ә" * 90, token="t" * 43, key="k"))

    body = written.split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert written.isascii()


@pytest.mark.parametrize(
    "address", ["a@b.kz\r\nBcc: x@y.kz", "a b@c.kz", "", "әлия@b.kz", "a@b.kz>, <c@d.kz"]
)
def test_an_address_that_cannot_stand_in_a_header_is_refused(edition, address):
    with pytest.raises(ValueError, match=r"address|one line"):
        edition.copy(Copy(address=address, name="", token="t", key="k"))


def test_a_refusal_comes_back_to_an_address_that_names_the_copy(edition):
    assert edition.bounce_address(ISSUE.hex) == f"news+{ISSUE.hex}@kabinet.kz"
