"""A number of a sentence stands on one line; the rest is what was written, and no HTML."""

import pytest

from portal.notify.unbroken import unbroken


@pytest.mark.parametrize(
    ("sentence", "html"),
    [
        ("Order 26-5T46-V43F-Y, TV", 'Order <span class="num">26-5T46-V43F-Y</span>, TV'),
        (
            "26-B9F3-P. Receipt: 1a98 fd10 c21b 70c3.",
            (
                '<span class="num">26-B9F3-P</span>. Receipt: '
                '<span class="num">1a98 fd10 c21b 70c3</span>.'
            ),
        ),
        ("<b>26-B9F3-P</b>", '&lt;b&gt;<span class="num">26-B9F3-P</span>&lt;/b&gt;'),
        ("2026-11-23 & 8 990 ₸", "2026-11-23 &amp; 8 990 ₸"),
        ("", ""),
    ],
)
def test_numbers_do_not_break(sentence, html):
    assert unbroken(sentence) == html
