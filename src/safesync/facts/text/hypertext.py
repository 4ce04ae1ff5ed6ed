"""
HTML as Azure DevOps stores it, read tag by tag.

No tree is built: a parser that follows the standard needs quadratic time for deeply nested or never closed tags
(measured: two minutes and more for 1 MB of ``<div>``), and one such text would stop a whole run. Where a line
begins and what it is can be seen from the tags alone.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from safesync.facts.text import plain
from safesync.facts.text.line import (
    BOLD_LEVEL,
    FIRST_ROW,
    HEAD_OF_TABLE,
    MOST_CHARACTERS,
    MOST_LINES,
    Line,
    LineKind,
    Lines,
    cleaned,
    item,
    one_space,
)
from safesync.facts.text.markdown import without_comments
from safesync.facts.text.squashed import typed_lines

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]*)>")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BULLETS = frozenset({"li", "td", "th", "dd"})
_CELLS = frozenset({"td", "th"})
_LISTS = frozenset({"ul", "ol", "table", "dl"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "center", "details", "div", "dl", "dt", "fieldset", "figcaption"}
    | {"figure", "footer", "form", "header", "hr", "html", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot"}
    | {"thead", "tr", "ul"}
    | _BULLETS
    | _HEADINGS.keys()
)
_MOST_CHARACTERS = 1_000_000
"""More than of other notations: pictures are pasted into the text itself."""
_ATTRIBUTES = r"(?:[ \n/][^<>]*)?>"
_PASSED_BY = re.compile(rf"</?(?:a|i|em|u|img|font|code){_ATTRIBUTES}")
_PASSED_BY_OR_SPAN = re.compile(rf"</?(?:a|i|em|u|img|font|code|span){_ATTRIBUTES}")
"""Tags that change neither lines nor weight: most of what stands in a text. A span does only where a weight is named."""
_ENDS_OF_LINES = re.compile(rf"</?(?:div|p|br|section|article|blockquote|center|hr|main|header|footer|address){_ATTRIBUTES}")
_END_OF_LINE = "<br>"
_BOLD = frozenset({"b", "strong"})
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BOLD_STYLE = re.compile(r"font-weight: ?(?:bold|[6-9]00)")
_CHECKBOX = re.compile(r"type ?= ?[\"']?checkbox", re.IGNORECASE)


def lines(text: str) -> Lines:
    """The lines of an HTML text; a text without any tag is plain text."""
    if "<" not in text:
        return plain.lines(html.unescape(text[:_MOST_CHARACTERS]))
    # Non-breaking spaces stand everywhere in what people paste; the rest of the entities is looked up piece by piece.
    text = without_comments(text[:_MOST_CHARACTERS]).replace("&nbsp;", " ")
    # Most tags change nothing, or do no more than to end a line: taken away or split at by an expression, they cost little.
    text = (_PASSED_BY if "font-weight" in text else _PASSED_BY_OR_SPAN).sub("", text)
    pieces = _ENDS_OF_LINES.split(text)
    has_other_tags = text.count("<") >= len(pieces)
    pieces = [piece for piece in pieces if piece]
    return _read(_END_OF_LINE.join(pieces)) if has_other_tags else _of_pieces(pieces)


def _of_pieces(pieces: list[str]) -> Lines:
    """The lines of a text that has no other tags than those that end one."""
    found: list[Line] = []
    for piece in pieces[: 2 * MOST_LINES]:
        if line := one_space(_cleaned(piece)):
            found += typed_lines(line)
    return tuple(found)


def _read(text: str) -> Lines:
    reader = _Reader()
    *parts, last = _TAG.split(text)
    for piece, slash, name, attributes in zip(*[iter(parts)] * 4, strict=True):
        if piece and not reader.silent:
            reader.text(_cleaned(piece))
        reader.tag(name.lower(), attributes, closing=bool(slash))
        if len(reader.lines) > MOST_LINES:
            break
    if not reader.silent:
        reader.text(_cleaned(last))
    reader.end_line()
    return tuple(reader.lines)


def _cleaned(piece: str) -> str:
    """What stands between two tags, cleaned; most of it is as it should be."""
    if piece.isascii() and "&" not in piece and len(piece) <= MOST_CHARACTERS:
        return piece
    return cleaned(html.unescape(piece))


@dataclass(slots=True)
class _Reader:
    """Collects lines while tags go by; every tag costs the same, however deep it stands."""

    lines: list[Line] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _plain_seen: bool = False
    _kind: LineKind = LineKind.PARAGRAPH
    _level: int = 0
    _bold: int = 0
    _bold_spans: list[bool] = field(default_factory=list)
    _lists: int = 0
    silent: str = ""
    """The tag whose text nobody sees."""
    _code: int = 0
    _begun_row: int = FIRST_ROW
    _row: int = 0
    """The level of the cell that was begun, 0 outside of cells."""

    def text(self, text: str) -> None:
        """Take a piece of text between two tags, cleaned."""
        if self._code and "\n" in text:
            for part in text.split("\n"):
                self._parts.append(part)
                self.end_line()
            return
        self._parts.append(text)
        if not self._bold and not self._plain_seen and text.strip(" \t\r\n:"):
            self._plain_seen = True

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        """Take a tag."""
        if self.silent:
            self.silent = "" if closing and name == self.silent else self.silent
        elif name in _BLOCKS:
            self._block(name, closing=closing)
        elif name in _BOLD:
            self._bold = max(0, self._bold + (-1 if closing else 1))
        elif name == "span":
            self._span(attributes, closing=closing)
        elif name == "input" and _CHECKBOX.search(attributes):
            self._kind = LineKind.BOX
        elif name in _SILENT and not closing:
            self.silent = name

    def _block(self, name: str, *, closing: bool) -> None:
        if self._parts:
            self.end_line()
        if name in _BULLETS:
            self._kind = LineKind.PARAGRAPH if closing else LineKind.BULLET
            self._row = 0 if closing or name not in _CELLS else HEAD_OF_TABLE if name == "th" else self._begun_row
        elif name == "tr":
            self._begun_row = FIRST_ROW + len(self.lines)
        elif name in _LISTS:
            self._lists = max(0, self._lists + (-1 if closing else 1))
            self._kind = LineKind.PARAGRAPH
        elif level := _HEADINGS.get(name):
            self._level = 0 if closing else level
        elif name == "pre":
            self._code = max(0, self._code + (-1 if closing else 1))

    def _span(self, attributes: str, *, closing: bool) -> None:
        if closing:
            if self._bold_spans and self._bold_spans.pop():
                self._bold = max(0, self._bold - 1)
            return
        bold = bool(attributes) and _BOLD_STYLE.search(attributes) is not None
        self._bold_spans.append(bold)
        self._bold += bold

    def end_line(self) -> None:
        """Close the line that was begun, if it holds anything."""
        text = one_space("".join(self._parts))
        bold_only, self._plain_seen = not self._plain_seen, False
        self._parts.clear()
        if text:
            self._add(text, bold_only=bold_only)

    def _add(self, text: str, *, bold_only: bool) -> None:
        if self._level:
            self.lines.append(Line(LineKind.HEADING, text, self._level))
        elif self._code:
            self.lines.append(Line(LineKind.CODE, text))
        elif self._kind is not LineKind.PARAGRAPH:
            # What stands behind a break is still the same item.
            self.lines.append(item(self._kind, text, self._row))
            self._kind = LineKind.PARAGRAPH
        elif bold_only and len(text) < 80:
            self.lines.append(Line(LineKind.HEADING, text, BOLD_LEVEL))
        else:
            self.lines += typed_lines(text)
