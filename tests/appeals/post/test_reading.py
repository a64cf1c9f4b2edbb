"""Reading letters: words, names and files come out whatever a program made of them."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.appeals.post.html import words_of
from portal.appeals.post.language import language_of
from portal.appeals.post.reading import read
from tests.appeals.post.samples import (
    OUTLOOK_HTML,
    PDF,
    PHRASE,
    READ_AS_PHRASE,
    SENDER,
    letter,
    picture,
    raw,
)


@pytest.mark.parametrize("kind", sorted(READ_AS_PHRASE))
def test_the_words_come_out(kind):
    assert read(READ_AS_PHRASE[kind]).body == PHRASE


def test_who_writes_and_about_what():
    told = read(letter(Subject="Re: FW: Отв: Не работает интернет"))

    assert (told.name, told.sender) == ("Марат Сейтов", SENDER)
    assert told.subject == "Не работает интернет"
    assert told.message_id == "<first@mail.example.kz>"


@pytest.mark.parametrize(
    ("header", "name", "sender"),
    [
        (b"From: =?koi8-r?B?8MXU0g==?= <Petr@Mail.KZ>", "Петр", "petr@mail.kz"),
        ("From: Пётр <petr@mail.kz>".encode("windows-1251"), "Пётр", "petr@mail.kz"),
        ("From: Пётр <petr@mail.kz>".encode(), "Пётр", "petr@mail.kz"),
        (b"From: =?utf-8?B?broken <petr@mail.kz>", "=?utf-8?B?broken", "petr@mail.kz"),
        (b"From: petr@mail.kz (Petr)", "Petr", "petr@mail.kz"),
        (b"From: <petr@mail.kz", "petr@mail.kz", "petr@mail.kz"),
        (b"From: nobody", "nobody", ""),
        (b"Subject: no From at all", "", ""),
    ],
)
def test_odd_senders(header, name, sender):
    told = read(raw(header, "Text"))

    assert (told.name, told.sender) == (name, sender)


def test_references_newest_first_and_no_header_is_longer_than_a_line():
    told = read(
        raw(
            "From: a@b.kz\nSubject: one\n two\nReferences: <a@x>\n <b@x>\nIn-Reply-To: <c@x>",
            "Text",
        )
    )

    assert told.references == ("<c@x>", "<b@x>", "<a@x>")
    assert told.subject == "one two"


def test_html_is_cleaned_to_its_words():
    told = read(raw("From: a@b.kz\nContent-Type: text/html; charset=utf-8", OUTLOOK_HTML))

    assert told.body == f"{PHRASE}\n\nзамер скорости (https://example.kz/speed)"


def test_quotations_lists_and_tables_of_html_stay_readable():
    page = "<p>One<br>two</p><ul><li>a<li>b</ul><table><tr><td>x<td>y</table>"
    page += "<blockquote>old</blockquote>"

    assert words_of(page) == "One\ntwo\n\n- a\n- b\n\nx y\n\n> old"


@pytest.mark.parametrize(
    "repeated",
    ["<a ", "<!--", "<!-- >", "<![CDATA[ >", "</", "<? ", "<td>y", "<a href='http://x.kz'>y</a>"],
)
def test_no_page_takes_longer_than_its_length(repeated):
    assert _seconds(lambda: words_of(repeated * 15_000)) < 3


def test_hidden_words_and_quotations_within_each_other_are_read_at_once():
    deep = "<blockquote><p>x" * 15_000

    assert _seconds(lambda: words_of("<head>" + "<b>" * 30_000 + "</i>" * 30_000)) < 3
    assert len(words_of(deep)) < 40 * 15_000


def test_comments_go_and_what_never_ends_is_text():
    assert words_of("a<!-- b -->c<![if !mso]>d<![endif]> 1 < 2") == "acd 1 < 2"
    assert words_of("a<!-- b") == "a"


@pytest.mark.parametrize("header", ["From: {}", "Content-Type: text/plain{}", "Subject: {}"])
@pytest.mark.parametrize("repeated", ["a", "(a", "; a*0=x", "=?utf-8?q?a?= "])
def test_no_header_takes_longer_than_its_length(header, repeated):
    content = raw(header.format(repeated * 80_000), "Text")

    assert _seconds(lambda: read(content)) < 3


def test_parts_within_parts_without_end_are_read_as_one_text():
    deep = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000)
    )

    told = read(b"From: a@b.kz\nSubject: Help\n" + deep.encode() + b"\nIt is broken")

    assert (told.sender, told.subject) == ("a@b.kz", "Help")
    assert told.body.endswith("It is broken")


def _seconds(act):
    """Return how long the processor worked; what else runs on the machine does not count."""
    began = time.process_time()
    act()
    return time.process_time() - began


@given(st.text())
def test_no_page_breaks_the_cleaning(page):
    assert "\x00" not in words_of(page) or "\x00" in page


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(junk):
    for told in (
        read(junk),
        read(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + junk),
    ):
        assert all(ord(c) >= 0x20 or c in "\n\t" for c in told.body)
        assert len(told.key) == 64


def test_the_name_of_a_file_in_every_way_it_is_written():
    names = [
        "filename*=UTF-8''%D0%BB%D0%B0%D0%BC%D0%BF%D0%B0.pdf",
        "filename*0*=UTF-8''%D0%BB%D0%B0;\r\n filename*1*=%D0%BC%D0%BF%D0%B0.pdf",
        'filename="=?koi8-r?B?zMHN0MEucGRm?="',
        'filename="=?UTF-8?B?0LvQsNC80L/QsC5wZGY=?="',
        'filename="лампа.pdf"',
    ]
    for name in names:
        part = "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
        part += f"{name}\r\n\r\n"
        told = read(
            raw("From: a@b.kz\nContent-Type: multipart/mixed; boundary=b", part.encode() + PDF)
        )
        assert [(file.name, file.content[:5]) for file in told.files] == [("лампа.pdf", b"%PDF-")]


def test_files_of_every_kind_come_out():
    told = read(
        letter(
            files=[
                ("lamp.jpg", "image/jpeg", picture()),
                ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22"),
            ]
        )
    )
    junk = read(
        raw(
            "From: a@b.kz\nContent-Type: multipart/mixed; boundary=b",
            "--b\r\nContent-Type: image/png; name=junk.png\r\nContent-Transfer-Encoding: base64\r\n"
            "\r\n!!! this is no base64 ###\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
            "Subject: inner\r\n\r\nForwarded.\r\n--b--\r\n",
        )
    )

    assert [file.name for file in told.files] == ["lamp.jpg", "winmail.dat"]
    assert told.files[0].content == picture()
    assert [file.name for file in junk.files] == ["junk.png", "message.eml"]
    assert b"Forwarded." in junk.files[1].content


def test_the_same_letter_has_the_same_key_and_another_has_not():
    first = letter(Message_ID=None)
    again = b"Received: from mx2 by mx1; Mon, 23 Nov 2026 10:00:00 +0500\r\n" + first
    other = letter("Another text, the same subject.", Message_ID=None)
    foreign = letter(From="eve@example.com")

    assert read(first).key == read(again).key != read(other).key
    assert read(letter()).key == read(letter("Changed on the way.")).key != read(foreign).key


def test_a_link_with_a_secret_is_not_kept():
    told = read(letter("https://cabinet.example.kz/appeals/track/abcdefghijklmnopqrstuvwx"))

    assert told.body == "https://cabinet.example.kz/appeals/track/…"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Интернет жоқ, көмектесіңізші", "kk"),
        ("Салем! Роутер не горит", "ru"),
        ("Hello, the internet is slow", "en"),
        ("Мой тариф Home 500", "ru"),
        ("12345", "ru"),
        ("Қайырлы күн! My router does not work at all, please help me", "en"),
    ],
)
def test_the_language_is_guessed(text, language):
    assert language_of(text) == language


def test_long_lines_of_base64_are_no_words():
    told = read(letter(base64.b64encode(b"x" * 2000).decode()))

    assert len(told.body) > 2000
