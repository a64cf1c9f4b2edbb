"""What is new in a letter, and what it repeats."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.appeals.quoting import split

NEW = "It works again.\n\nThank you!"
HISTORIES = {
    "gmail": "On Mon, Nov 23, 2026 at 10:00 AM Kabinet <appeals@example.kz> wrote:\n> Hello\n> you",
    "gmail, broken": "On Mon, Nov 23, 2026 at 10:00 AM Kabinet\n<a@example.kz> wrote:\n\n> Hello",
    "gmail, in Russian": "пн, 23 нояб. 2026 г. в 10:00, Kabinet <a@b.kz> пишет:\n> Привет",
    "mail.ru": "Понедельник, 23 ноября 2026, 10:00 от Kabinet <a@b.kz> написал(а):\n> Привет",
    "in Kazakh": "2026 ж. 23 қараша, Kabinet <a@example.kz> жазды:\n> Сәлем",
    "outlook": "From: Kabinet <a@example.kz>\nSent: Monday\nTo: Marat\nSubject: Re\n\nHello you",
    "outlook, in Russian": "От: Kabinet\nОтправлено: 23 ноября\nКому: Марат\nТема: Re\n\nПривет",
    "original": "-----Original Message-----\nFrom: Kabinet\n\nHello",
    "only quoted": "> Hello\n>\n> you",
}


@pytest.mark.parametrize("program", sorted(HISTORIES))
def test_history_is_told_from_what_is_new(program):
    assert split(f"{NEW}\n\n{HISTORIES[program]}") == (NEW, HISTORIES[program])


@pytest.mark.parametrize(
    "text",
    [
        "Just words.",
        "From: here\nto there I walked.",
        "> You ask: which router?\nThe white one.\n> And since when?\nSince Monday.",
        "On Monday I wrote:\nnobody answered.",
        HISTORIES["original"],
        "",
    ],
)
def test_what_is_no_history_stays(text):
    assert split(text) == (text, "")


@given(st.text(alphabet="ab >:\nOn wrote", max_size=200))
def test_nothing_is_lost(text):
    said, quoted = split(text)

    assert f"{said}\n{quoted}".split() == text.split()


@pytest.mark.parametrize(
    "repeated", [">\n", ">\n>a\n", "From: a\nSent: b\nTo: c\n", "On 1 aaaa wrote:\n> q\n"]
)
def test_a_letter_of_nothing_but_quotations_is_read_at_once(repeated):
    text = "x\n" + repeated * 20_000 + ">\ny"
    began = time.process_time()

    assert split(text) == (text, "")
    assert time.process_time() - began < 3
