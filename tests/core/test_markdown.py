"""Markdown of the editors: nothing dangerous gets out of it, and it reads well as text."""

from time import monotonic

import pytest

from portal.core.markdown import html_of, text_of

BASE = "https://kabinet.kz"


def html(source):
    return str(html_of(source, base_url=BASE))


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        '[x](https://a.kz "t\\" onclick=alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
        "![x](https://tracker.kz/pixel.png)",
        "<style>*{display:none}</style>",
        "`<iframe src=//a.kz>`",
    ],
)
def test_nothing_dangerous_comes_out(source):
    written = html(source)

    for bad in ("<script", "<img", "<style", "<iframe", 'href="javascript', 'href="data'):
        assert bad not in written.lower()
    assert " onclick=" not in written.replace("&quot;", '"').split(">")[0] or "title=" in written


def test_links_lead_out_safely_and_home_by_their_full_address():
    assert html("[a](https://a.kz/?b=1&c=2)") == (
        '<p><a href="https://a.kz/?b=1&amp;c=2" rel="noopener noreferrer">a</a></p>\n'
    )
    assert 'href="https://kabinet.kz/services"' in html("[a](/services)")


def test_the_page_keeps_its_one_h1():
    assert html("# Big\n\n## Less") == "<h2>Big</h2>\n<h3>Less</h3>\n"


def test_plain_text_reads_well():
    source = (
        "## Вместе 500\n\nПодключите *сегодня*: [условия](/services) и <https://a.kz>.\n\n"
        "- раз\n  - вложенный\n- два\n\n3. три\n4. четыре\n\n> Сказано **хорошо**.\n"
    )

    assert text_of(source, base_url=BASE) == (
        "Вместе 500\n----------\n\n"
        "Подключите сегодня: условия (https://kabinet.kz/services) и\nhttps://a.kz.\n\n"
        "– раз\n  – вложенный\n– два\n\n3. три\n4. четыре\n\n> Сказано хорошо."
    )


@pytest.mark.parametrize("source", ["[" * 20000, "> " * 5000 + "x", "- " * 5000 + "x", "*" * 20000])
def test_hostile_nesting_ends_soon(source):
    started = monotonic()

    html(source)
    text_of(source, base_url=BASE)

    assert monotonic() - started < 5
