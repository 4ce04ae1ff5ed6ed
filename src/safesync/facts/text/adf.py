"""The document format of Jira Cloud, walked without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from safesync.facts.text import plain
from safesync.facts.text.line import (
    BOLD_LEVEL,
    FIRST_ROW,
    HEAD_OF_TABLE,
    MOST_CHARACTERS,
    PARAGRAPH,
    Line,
    LineKind,
    Lines,
    clean,
    cleaned,
    is_prose,
    item,
    new,
    one_space,
    typed,
)
from safesync.facts.text.squashed import may_be_broken, typed_lines

_KINDS = {
    "heading": LineKind.HEADING,
    "listItem": LineKind.BULLET,
    "tableCell": LineKind.BULLET,
    "tableHeader": LineKind.BULLET,
    "decisionItem": LineKind.BULLET,
    "taskItem": LineKind.BOX,
    "blockTaskItem": LineKind.BOX,
    "codeBlock": LineKind.CODE,
}
_BLOCKS = frozenset({"paragraph", "rule", "mediaSingle", "mediaGroup", "panel", "expand", "nestedExpand", "blockquote", *_KINDS})
_WRITTEN = {"mention": "text", "emoji": "text", "status": "text", "inlineCard": "url", "date": "timestamp"}
_LISTS = frozenset({"bulletList", "orderedList", "taskList", "table", "decisionList"})


def lines(text: str) -> Lines:
    """The lines of a document given as JSON; what is no such document is read as plain text."""
    try:
        document = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return plain.lines(text)
    if not isinstance(document, dict | list) or (isinstance(document, dict) and "type" not in document):
        return plain.lines(document if isinstance(document, str) else text)
    return _walk(document)


class _Around(NamedTuple):
    """The kind and level of the line that a node stands in."""

    kind: LineKind = LineKind.PARAGRAPH
    level: int = 0


_Open = tuple[Iterator[object], _Around, bool]
"""The nodes of a list that are still to be visited, the line that they stand in, and whether that line ends with them."""
_MOST_OPENED = 100_000
"""What stands beyond is not read: a document that people write has some hundreds of nodes with others in them."""
_OUTSIDE = _Around()
_INSIDE = {name: _Around(kind) for name, kind in _KINDS.items() if name != "heading"}
_INSIDE |= {"tableCell": _Around(LineKind.BULLET, FIRST_ROW), "tableHeader": _Around(LineKind.BULLET, HEAD_OF_TABLE)}
_INSIDE_HEADING = [_Around(LineKind.HEADING, level) for level in range(7)]


class _Page:
    """The lines so far, and the parts of the one being written."""

    __slots__ = ("continued", "lines", "parts", "plain_seen", "row")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[str] = []
        self.plain_seen = False
        self.row = FIRST_ROW
        self.continued = False
        """Whether the item of a list that is being written has a line already."""

    def write(self, text: object, *, bold: bool) -> None:
        """Add to the line being written; what is no text is no part of it."""
        if isinstance(text, str):
            self.parts.append(text)
            if not bold and not self.plain_seen and text.strip(" :\u00a0"):
                self.plain_seen = True

    def write_all(self, parts: list[dict[Any, Any]]) -> None:
        """Add nodes of text to the line being written."""
        for part in parts:
            self.write(part.get("text"), bold="marks" in part and _is_bold(part["marks"]))

    def title(self, text: object) -> None:
        """Take the title of an expand or panel for a heading."""
        if isinstance(text, str) and (short := one_space(clean(text))):
            self.lines.append(Line(LineKind.HEADING, short, BOLD_LEVEL))

    def paragraphs(self, texts: list[str]) -> None:
        """Whole paragraphs outside of all else; what few texts have is looked for in all of them at once."""
        whole = clean("\n".join(texts))
        parts = whole.split("\n")
        is_odd = len(parts) != len(texts) or len(whole) > MOST_CHARACTERS
        has_breaks = is_odd or may_be_broken(whole)
        for text in texts if is_odd else parts:
            prose = is_prose(text)
            bare = text if prose else text.strip()
            if "  " in bare or "\t" in bare or (has_breaks and (is_odd or may_be_broken(text))):
                self._paragraph(text)
            elif prose:
                self.lines.append(new(Line, (PARAGRAPH, text, 0)))
            elif line := typed(bare):
                self.lines.append(line)

    def _paragraph(self, text: str) -> None:
        if text.isascii() and text.isprintable() and len(text) <= MOST_CHARACTERS:
            self.lines += typed_lines(text)
            return
        text = cleaned(text)
        if short := one_space(text):
            self.lines += typed_lines(text if "\n" in text or len(text) > len(short) else short)

    def end_line(self, around: _Around) -> None:
        """Close the line being written, if it holds anything."""
        text = self.parts[0] if len(self.parts) == 1 else "".join(self.parts)
        bold_only, self.plain_seen = not self.plain_seen, False
        self.parts.clear()
        if text and not text.isspace():
            self._add(cleaned(text), around, bold_only=bold_only)

    def _add(self, text: str, around: _Around, *, bold_only: bool) -> None:
        short = one_space(text)
        kind, level = around
        if not short:
            return
        if kind is LineKind.CODE:
            self.lines += [Line(kind, one_space(part)) for part in text.split("\n") if part.strip()]
        elif kind is LineKind.HEADING or (kind is not LineKind.PARAGRAPH and not self.continued):
            self.continued = kind is not LineKind.HEADING
            row = self.row if level == FIRST_ROW else level
            self.lines.append(new(Line, (kind, short, level)) if kind is not LineKind.BULLET else item(kind, short, row))
        elif bold_only and len(short) < 80:
            self.lines.append(Line(LineKind.HEADING, short, BOLD_LEVEL))
        else:
            self.lines += typed_lines(text if "\n" in text or len(text) > len(short) else short)


def _walk(document: object) -> Lines:
    """Visit every node once, in reading order, with a list for a stack: no depth is too deep."""
    page, opened = _Page(), 0
    stack: list[_Open] = [(iter((document,)), _OUTSIDE, False)]
    while stack and opened < _MOST_OPENED:
        opened += 1
        nodes, around, is_block = stack[-1]
        if inside := _go_on(nodes, around, page):
            stack.append(inside)
        else:
            stack.pop()
            if is_block:
                page.end_line(around)
    page.end_line(_OUTSIDE)
    return tuple(page.lines)


def _go_on(nodes: Iterator[object], around: _Around, page: _Page) -> _Open | None:
    """Write what the next nodes of a list say, as far as one that has others in it; ``None`` at the end of the list."""
    texts: list[str] = []
    for node in nodes:
        if around is _OUTSIDE and not page.parts and (text := _only_text(node)):
            texts.append(text)
            continue
        if texts:
            page.paragraphs(texts)
            texts.clear()
        if isinstance(node, list):
            return iter(node), around, False
        if isinstance(node, dict) and (inside := _visit(node, around, page)):
            return inside
    if texts:
        page.paragraphs(texts)
    return None


def _only_text(node: Any) -> str:
    """The text of a paragraph that has a single one without marks, as most have; nothing for whatever else a node is."""
    try:
        content = node["content"]
        if len(content) == 1 and node["type"] == "paragraph" and "attrs" not in node:
            part = content[0]
            if part["type"] == "text" and "marks" not in part and isinstance(text := part["text"], str):
                return text
    except (TypeError, LookupError):
        pass
    return ""


def _is_simple(node: dict[Any, Any]) -> bool:
    """Whether a paragraph has nothing but texts in it: most do, and these are written at once."""
    content = node.get("content")
    if "attrs" in node or not isinstance(content, list):
        return False
    return all(isinstance(part, dict) and part.get("type") == "text" for part in content)


def _visit(node: dict[Any, Any], around: _Around, page: _Page) -> _Open | None:
    """Write what a node says itself; what is to be visited next is given back."""
    name = node.get("type")
    name = name if isinstance(name, str) else ""
    if name == "text":
        page.write_all([node])
    elif name == "paragraph" and _is_simple(node):
        page.end_line(around)
        page.write_all(node["content"])
        page.end_line(around)
    elif name in _BLOCKS:
        attributes = _attributes(node)
        page.end_line(around)
        if "title" in attributes:
            page.title(attributes["title"])
        page.continued = page.continued and name not in _INSIDE
        return _opened(node, _INSIDE_HEADING[_level(attributes)] if name == "heading" else _INSIDE.get(name, around), is_block=True)
    elif name == "hardBreak":
        page.end_line(around)
    elif name in _WRITTEN:
        page.write(_attributes(node).get(_WRITTEN[name]), bold=name == "emoji")
    elif name != "placeholder":
        if name in _LISTS:
            page.end_line(around)
        elif name == "tableRow":
            page.row = FIRST_ROW + len(page.lines)
        return _opened(node, around, is_block=False)
    return None


def _opened(node: dict[Any, Any], around: _Around, *, is_block: bool) -> _Open:
    content = node.get("content")
    return iter(content if isinstance(content, list) else (content,)), around, is_block


def _attributes(node: dict[object, object]) -> dict[object, object]:
    found = node.get("attrs")
    return found if isinstance(found, dict) else {}


def _level(attributes: dict[object, object]) -> int:
    depth = attributes.get("level")
    return depth if isinstance(depth, int) and 1 <= depth <= 6 else 1


def _is_bold(marks: object) -> bool:
    return isinstance(marks, list) and any(isinstance(mark, dict) and mark.get("type") == "strong" for mark in marks)
