import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.spreadsheet import BYTE_ORDER_MARK, csv_of, safe_cell

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
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Дорого", "1 000 ₸", "a=b", "", 5, "№ 7"])
def test_the_rest_stays(value):
    assert safe_cell(value) == value


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_every_text_comes_back_and_none_is_a_formula(texts):
    written = csv_of(["a"], [[text] for text in texts])

    rows = list(csv.reader(io.StringIO(written.removeprefix(BYTE_ORDER_MARK), newline="")))[1:]
    read = [row[0] if row else "" for row in rows]
    for cell, text in zip(read, texts, strict=True):
        assert text in {cell, cell.removeprefix("'")}
    assert not [cell for cell in read if cell.lstrip().startswith(("=", "+", "-", "@"))]
