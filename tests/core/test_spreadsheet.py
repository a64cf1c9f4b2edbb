import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.spreadsheet import BYTE_ORDER_MARK, bare_cell, csv_of, safe_cell

FORMULAS = [
    "=1+1",
    "+77015551408",
    "-2",
    "@sum(a1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\N{FULLWIDTH EQUALS SIGN}1",
    "\N{FULLWIDTH COMMERCIAL AT}x",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_gets_an_apostrophe(text):
    assert bare_cell(str(safe_cell(text))) == f"'{text}"


@pytest.mark.parametrize("value", ["Дорого", "1 000 ₸", "a=b", "", 5, "№ 7"])
def test_the_rest_stays(value):
    assert safe_cell(value) == value


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("dear;=1+1;", "dear;'=1+1;"),
        ("dear\n\t@sum(a1)", "dear\n\t'@sum(a1)"),
        ("dear; \N{FULLWIDTH EQUALS SIGN}1", "dear; '\N{FULLWIDTH EQUALS SIGN}1"),
        ("dear;'=1", "dear;''=1"),
        ("-2;-3", "'-2;'-3"),
    ],
)
def test_a_semicolon_within_a_text_begins_no_formula(text, safe):
    """A Russian spreadsheet parts the cells of any CSV at semicolons, quoted or not."""
    assert safe_cell(text) == safe
    assert bare_cell(safe).removeprefix("'") == text


@given(st.text(alphabet="a;='-\n ", max_size=30))
def test_what_stands_within_a_text_comes_back(text):
    assert bare_cell(str(safe_cell(f"a{text}"))) == f"a{text}"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_every_text_comes_back_and_none_is_a_formula(texts):
    written = csv_of(["a"], [[text] for text in texts])

    rows = list(csv.reader(io.StringIO(written.removeprefix(BYTE_ORDER_MARK), newline="")))[1:]
    read = [bare_cell(row[0]) if row else "" for row in rows]
    for cell, text in zip(read, texts, strict=True):
        assert text in {cell, cell.removeprefix("'")}
    assert not [cell for cell in read if cell.lstrip().startswith(("=", "+", "-", "@"))]
