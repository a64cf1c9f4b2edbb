"""Letters in HTML: only their words are taken. Nothing of the markup is ever shown."""

import re
from collections import Counter
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "svg"}
_BLOCKS = {
    *("p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *(
        "section",
        "article",
        "header",
        "footer",
        "pre",
        "address",
        "blockquote",
        "center",
        "dl",
        "dt",
    ),
}
_APART = {"p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE
)
_LONGEST = 4 * 1024 * 1024  # letters of a page; what comes after them is not read
_DEEPEST = 10  # quotations within quotations that are told apart
_VOID = {"br", "img", "hr", "input", "meta", "link", "wbr", "col", "area", "base", "source"}


class _Words(HTMLParser):
    """Collects lines; a quotation's begin with `> `."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._silent: list[str] = []
        self._unheard: Counter[str] = Counter()  # how often each stands in `_silent`
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        is_hidden = "hidden" in known or _HIDDEN.search(known.get("style", ""))
        if tag not in _VOID and (self._silent or tag in _SILENT or is_hidden):
            self._silent.append(tag)
            self._unheard[tag] += 1
            return
        if tag == "br" or tag in _BLOCKS:
            self._end_line(keep_empty=tag == "br")
        self._begin(tag, known)

    def _begin(self, tag: str, known: dict[str, str]) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "li":
            self._line = ["- "]
        elif tag in {"td", "th"} and self._line:
            self._line.append(" ")
        elif tag == "a":
            self._link = known.get("href", ""), len(self._line)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._speak_again(tag)
            return
        if tag == "a":
            self._name_link()
        if tag in _BLOCKS:
            self._end_line()
            self._quotes -= tag == "blockquote" and self._quotes > 0
            self._end_line(keep_empty=tag in _APART)

    def _speak_again(self, tag: str) -> None:
        while self._unheard[tag]:
            last = self._silent.pop()
            self._unheard[last] -= 1
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        folded = _SPACES.sub(" ", data)
        if words := folded if self._line else folded.lstrip():
            self._line.append(words)

    def _name_link(self) -> None:
        """Write where a link leads behind its words, if they do not say it."""
        address, start = self._link or ("", 0)
        self._link = None
        is_far = address.startswith(("http://", "https://"))
        if is_far and address not in "".join(self._line[start:]):
            self._line.append(f" ({address})")

    def _end_line(self, *, keep_empty: bool = False) -> None:
        line, self._line = "".join(self._line).strip(), []
        may_be_empty = keep_empty and self.lines and self.lines[-1].strip("> ")
        if line or may_be_empty:
            self.lines.append(f"{'> ' * min(self._quotes, _DEEPEST)}{line}".rstrip())

    def close(self) -> None:
        super().close()
        self._end_line()


def words_of(page: str) -> str:
    """Return the words of an HTML letter as plain text, quotations with `>`. Never raises."""
    reader = _Words()
    reader.feed(_closed(page[:_LONGEST]))
    reader.close()
    return "\n".join(reader.lines).strip()


def _closed(page: str) -> str:
    """Return a page without comments, and with no beginning of a mark that has no end.

    The library looks for an end once more from each of them, which takes hours where a letter
    holds nothing else.
    """
    pieces, place = [], 0
    while (start := page.find("<!--", place)) >= 0:
        pieces.append(page[place:start])
        end = page.find("-->", start + 2)
        place = len(page) if end < 0 else end + 3
    whole = ("".join(pieces) + page[place:]).replace("<!--", "<!").replace("<![", "<!")
    last = whole.rfind(">") + 1
    return whole[:last] + whole[last:].replace("<", "&lt;")
