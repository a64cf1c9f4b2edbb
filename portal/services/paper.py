"""A month's statement on paper: PDF of A4 pages, in the reader's language.

Our own font is embedded: it has the letters of Kazakh and the sign of the tenge, which those of
PDF have not.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from portal.accounts.models import Account
from portal.config import ROOT, Settings
from portal.core import clock
from portal.core.text import _l, day_time, language, money, month, today, translate
from portal.services.presenting import Row
from portal.services.proration import Month
from portal.services.receipt import RULES, written_lines
from portal.services.statement import Statement

_PLAIN, _STRONG = "Golos", "Golos-Strong"
_FONTS = {_PLAIN: "golos-text-400.ttf", _STRONG: "golos-text-600.ttf"}
_INK, _PALE, _LINE = HexColor("#17202b"), HexColor("#5a6675"), HexColor("#ccd3dc")
_MARGIN, _SUM_WIDTH = 20 * mm, 38 * mm
_PADDING = 6  # points, which reportlab's frame keeps free on each side
_WIDTH = A4[0] - 2 * _MARGIN
_TEXT = ParagraphStyle("text", fontName=_PLAIN, fontSize=9.5, leading=13, textColor=_INK)
_SMALL = ParagraphStyle("small", _TEXT, fontSize=8, leading=11, textColor=_PALE)
_SUM = ParagraphStyle("sum", _TEXT, alignment=2)
_HEAD = ParagraphStyle("head", _TEXT, fontName=_STRONG, fontSize=18, leading=24)
_TOTAL = ParagraphStyle("total", _TEXT, fontName=_STRONG, fontSize=11, leading=15)
_TOTAL_SUM = ParagraphStyle("total-sum", _TOTAL, alignment=2)


def file_name(account: Account, of: Month) -> str:
    """Return a name under which a statement is found again: `statement-712034456-2026-11.pdf`."""
    return f"statement-{account.number}-{of.year}-{of.number:02d}.pdf"


def print_statement(
    account: Account, statement: Statement, names: Mapping[str, str], *, by: Settings
) -> bytes:
    """Return the statement as PDF; `by` names the operator. The account's premises are loaded."""
    _register_fonts()
    of = f"{month(statement.month.first_day)} {statement.month.year}"
    title = translate(_l("Statement: %(month)s"), month=of)
    head = _Head(
        title=title,
        operator=str(by.operator_legal_name),
        foot=f"{_contract(account)}, {of}",
    )
    story = [
        Paragraph(escape(title), _HEAD),
        Spacer(0, 3 * mm),
        *(Paragraph(escape(fact), _TEXT) for fact in _facts(account, statement)),
        Spacer(0, 6 * mm),
        _table(written_lines(statement.lines, names), money(statement.total)),
        Spacer(0, 5 * mm),
        *(Paragraph(escape(translate(rule)), _SMALL) for rule in RULES),
    ]
    return _drawn(story, head)


@dataclass(frozen=True)
class _Head:
    """What stands on every page, around its content."""

    title: str
    operator: str
    foot: str


@cache
def _register_fonts() -> None:
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(ROOT / "static" / "fonts" / file)))


def _facts(account: Account, statement: Statement) -> list[str]:
    is_open = statement.month == Month.of(today())
    facts = [
        _contract(account),
        account.holder_name,
        *(place.street for place in account.premises[:1]),
        translate(_l("Made on %(moment)s"), moment=day_time(clock.now())),
        translate(_l("The month is not over: these are its charges so far.")) if is_open else "",
    ]
    return [fact for fact in facts if fact]


def _contract(account: Account) -> str:
    return translate(_l("Contract %(number)s"), number=account.written_number)


def _table(rows: Sequence[Row], total: str) -> LongTable:
    head = [
        Paragraph(escape(translate(_l("Charge"))), _SMALL),
        Paragraph(escape(translate(_l("Sum"))), ParagraphStyle("right", _SMALL, alignment=2)),
    ]
    lines = [[_described(row), Paragraph(escape(row.sum), _SUM)] for row in rows]
    foot = [
        Paragraph(escape(translate(_l("In all"))), _TOTAL),
        Paragraph(escape(total), _TOTAL_SUM),
    ]
    style = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("LINEBELOW", (0, 0), (-1, -2), 0.5, _LINE),
            ("LINEABOVE", (0, -1), (-1, -1), 1, _INK),
        ]
    )
    widths = [_WIDTH - _SUM_WIDTH, _SUM_WIDTH]
    return LongTable([head, *lines, foot], colWidths=widths, repeatRows=1, style=style)


def _described(row: Row) -> list[Paragraph]:
    note = [Paragraph(escape(row.note), _SMALL)] if row.note else []
    return [Paragraph(escape(row.label), _TEXT), *note]


def _drawn(story: list[Any], head: _Head) -> bytes:
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN - _PADDING,
        rightMargin=_MARGIN - _PADDING,
        topMargin=26 * mm,
        bottomMargin=22 * mm,
        title=head.title,
        author=head.operator,
        lang=language(),
    )
    document.build(story, canvasmaker=_numbered(head))
    return target.getvalue()


def _numbered(head: _Head) -> Callable[..., Canvas]:
    """Return a canvas that writes “page 1 of 3” when it knows how many pages there are."""

    class Numbered(Canvas):
        def __init__(self, *options: Any, **more: Any) -> None:
            super().__init__(*options, **more)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                _frame(self, head, number, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _frame(canvas: Canvas, head: _Head, number: int, of: int) -> None:
    """Draw what stands on every page."""
    right, top, bottom = A4[0] - _MARGIN, A4[1] - 15 * mm, 12 * mm
    canvas.setFillColor(_PALE)
    canvas.setFont(_STRONG, 9)
    canvas.drawString(_MARGIN, top, head.operator)
    canvas.setFont(_PLAIN, 8)
    canvas.drawString(_MARGIN, bottom, head.foot)
    pages = translate(_l("Page %(number)s of %(count)s"), number=number, count=of)
    canvas.drawRightString(right, bottom, pages)
