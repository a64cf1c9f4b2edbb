"""Markdown of the editors: as clean HTML, and as plain text that reads well."""

import textwrap
from collections.abc import Callable
from urllib.parse import urljoin

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

TEXT_WIDTH = 72
_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "code"}
_TAGS |= {"pre", "br", "hr", "s", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

_parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
_parser.disable("image")


def html_of(source: str, *, base_url: str) -> Markup:
    """Return `source` as HTML with nothing in it but text, lists, tables and plain links.

    A heading of the first level becomes an `h2`: the page has its own `h1`. An address within the
    portal ("/services") gets `base_url` in front, so that it leads somewhere from an e-mail too.
    Source: security-checklist 3.
    """
    tokens = [_lowered(token) for token in _parser.parse(source)]
    raw = _parser.renderer.render(tokens, _parser.options, {})
    return Markup(  # noqa: S704 - nh3 has just cleaned it
        nh3.clean(
            raw,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            url_relative=("rewrite_with_base", base_url),
            link_rel="noopener noreferrer",
        )
    )


def _lowered(token: Token) -> Token:
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
    return token


def text_of(source: str, *, base_url: str) -> str:
    """Return `source` as plain text, wrapped at 72; an address stands behind its words."""
    return _PlainText(base_url).blocks(SyntaxTreeNode(_parser.parse(source)))


def excerpt_of(source: str, *, most: int = 120) -> str:
    """Return the beginning of `source` as one plain line of `most` letters at most."""
    return textwrap.shorten(text_of(source, base_url=""), most, placeholder="…")


class _PlainText:
    """Writes a tree of Markdown as text."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def blocks(self, node: SyntaxTreeNode, gap: str = "\n\n") -> str:
        return gap.join(written for written in map(self._block, node.children) if written)

    def _block(self, node: SyntaxTreeNode) -> str:
        if write := _BLOCKS.get(node.type):
            return write(self, node)
        return _wrap(self._inline(node))

    def heading(self, node: SyntaxTreeNode) -> str:
        words = self._inline(node)
        return f"{words}\n{'-' * min(len(words), TEXT_WIDTH)}"

    def quote(self, node: SyntaxTreeNode) -> str:
        return textwrap.indent(self.blocks(node), "> ", lambda _line: True)

    def list(self, node: SyntaxTreeNode) -> str:
        first = int(node.attrGet("start") or 1) if node.type == "ordered_list" else None
        return "\n".join(
            self._item(child, "\N{EN DASH} " if first is None else f"{first + place}. ")
            for place, child in enumerate(node.children)
        )

    def _item(self, node: SyntaxTreeNode, mark: str) -> str:
        return mark + textwrap.indent(self.blocks(node, "\n"), " " * len(mark)).lstrip()

    def table(self, node: SyntaxTreeNode) -> str:
        rows = [row for part in node.children for row in part.children]
        return "\n".join(" | ".join(map(self._inline, row.children)) for row in rows)

    def code(self, node: SyntaxTreeNode) -> str:
        return textwrap.indent(node.content.rstrip("\n"), "    ")

    def rule(self, _node: SyntaxTreeNode) -> str:
        return "* * *"

    def _inline(self, node: SyntaxTreeNode) -> str:
        if node.type in {"text", "code_inline"}:
            return node.content
        if node.type in {"softbreak", "hardbreak"}:
            return " " if node.type == "softbreak" else "\n"
        words = "".join(map(self._inline, node.children))
        return self._link(node, words) if node.type == "link" else words

    def _link(self, node: SyntaxTreeNode, words: str) -> str:
        address = urljoin(self._base_url, str(node.attrGet("href") or ""))
        shown = address.removeprefix("mailto:")
        return words if shown in {"", words} else f"{words} ({shown})"


def _wrap(words: str) -> str:
    return "\n".join(
        textwrap.fill(line, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in words.split("\n")
    )


_BLOCKS: dict[str, Callable[[_PlainText, SyntaxTreeNode], str]] = {
    "heading": _PlainText.heading,
    "blockquote": _PlainText.quote,
    "bullet_list": _PlainText.list,
    "ordered_list": _PlainText.list,
    "table": _PlainText.table,
    "fence": _PlainText.code,
    "code_block": _PlainText.code,
    "hr": _PlainText.rule,
}
