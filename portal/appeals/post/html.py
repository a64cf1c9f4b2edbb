"""Letters in HTML: only their words are taken. Nothing of the markup is ever shown."""

import re
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
_VOID = {"br", "img", "hr", "input", "meta", "link", "wbr", "col", "area", "base", "source"}


class _Words(HTMLParser):
    """Collects lines; a quotation's begin with `> `."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line = ""
        self._quotes = 0
        self._silent: list[str] = []
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        is_hidden = "hidden" in known or _HIDDEN.search(known.get("style", ""))
        if tag not in _VOID and (self._silent or tag in _SILENT or is_hidden):
            self._silent.append(tag)
            return
        if tag == "br" or tag in _BLOCKS:
            self._end_line(keep_empty=tag == "br")
        self._begin(tag, known)

    def _begin(self, tag: str, known: dict[str, str]) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "li":
            self._line = "- "
        elif tag in {"td", "th"} and self._line.strip():
            self._line += " "
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
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            folded = _SPACES.sub(" ", data)
            self._line += folded if self._line.strip() else folded.lstrip()

    def _name_link(self) -> None:
        """Write where a link leads behind its words, if they do not say it."""
        address, start = self._link or ("", 0)
        self._link = None
        if address.startswith(("http://", "https://")) and address not in self._line[start:]:
            self._line += f" ({address})"

    def _end_line(self, *, keep_empty: bool = False) -> None:
        line, self._line = self._line.strip(), ""
        may_be_empty = keep_empty and self.lines and self.lines[-1].strip("> ")
        if line or may_be_empty:
            self.lines.append(f"{'> ' * self._quotes}{line}".rstrip())

    def close(self) -> None:
        super().close()
        self._end_line()


def words_of(page: str) -> str:
    """Return the words of an HTML letter as plain text, quotations with `>`. Never raises."""
    reader = _Words()
    reader.feed(page)
    reader.close()
    return "\n".join(reader.lines).strip()
