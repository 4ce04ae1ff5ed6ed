"""The document format of Jira Cloud, walked without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


class _Mark(msgspec.Struct, gc=False):
    type: str = ""


class _Node(msgspec.Struct, gc=False):
    """A node of a document as far as lines are made of it: decoding into this takes two thirds of what dictionaries take."""

    type: str = ""
    text: str | None = None
    content: list[_Node] | None = None
    marks: list[_Mark] | None = None
    attrs: dict[str, Any] | None = None


_decoded = msgspec.json.Decoder(_Node).decode


def lines(text: str) -> Lines:
    """The lines of a document given as JSON; what is no such document is read as plain text."""
    try:
        document = _decoded(text)
    except msgspec.ValidationError:
        return _of_another_shape(text)
    except (ValueError, RecursionError):
        return plain.lines(text)
    return _walk(document) if document.type else _of_another_shape(text)


def _of_another_shape(text: str) -> Lines:
    """The same of JSON that is no document, or one with parts of a wrong type somewhere."""
    try:
        document = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return plain.lines(text)
    if not isinstance(document, dict | list) or (isinstance(document, dict) and "type" not in document):
        return plain.lines(document if isinstance(document, str) else text)
    return _walk(_mended(document))


def _mended(document: object) -> _Node:
    """Nodes of whatever was decoded; a part of a wrong type is left out, and a list among nodes is a node without a name."""
    top = _Node()
    open_ones = [(document, top)]
    while open_ones:
        value, parent = open_ones.pop()
        parent.content = []
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, list):
                node = _Node()
                open_ones.append((part, node))
            elif isinstance(part, dict):
                node = _of_fields(part)
                open_ones.append((part.get("content"), node))
            else:
                continue
            parent.content.append(node)
    return top


def _of_fields(part: dict[Any, Any]) -> _Node:
    name, text, marks, attributes = (part.get(field) for field in ("type", "text", "marks", "attrs"))
    return _Node(
        type=name if isinstance(name, str) else "",
        text=text if isinstance(text, str) else None,
        marks=[_Mark("strong")] if _has_bold(marks) else None,
        attrs=attributes if isinstance(attributes, dict) else None,
    )


def _has_bold(marks: object) -> bool:
    return isinstance(marks, list) and any(isinstance(mark, dict) and mark.get("type") == "strong" for mark in marks)


class _Around(NamedTuple):
    """The kind and level of the line that a node stands in."""

    kind: LineKind = LineKind.PARAGRAPH
    level: int = 0


_Open = tuple[Iterator[_Node], _Around, bool]
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

    def write_all(self, parts: Iterable[_Node]) -> None:
        """Add nodes of text to the line being written."""
        for part in parts:
            self.write(part.text, bold=bool(part.marks) and any(mark.type == "strong" for mark in part.marks or ()))

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


def _walk(document: _Node) -> Lines:
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


def _go_on(nodes: Iterator[_Node], around: _Around, page: _Page) -> _Open | None:
    """Write what the next nodes of a list say, as far as one that has others in it; ``None`` at the end of the list."""
    texts: list[str] = []
    for node in nodes:
        if around is _OUTSIDE and not page.parts and (text := _only_text(node)):
            texts.append(text)
            continue
        if texts:
            page.paragraphs(texts)
            texts.clear()
        if inside := _visit(node, around, page):
            return inside
    if texts:
        page.paragraphs(texts)
    return None


def _only_text(node: _Node) -> str | None:
    """The text of a paragraph that has a single one without marks, as most have; nothing for whatever else a node is."""
    content = node.content
    if node.type == "paragraph" and content and len(content) == 1 and node.attrs is None:
        part = content[0]
        return part.text if part.type == "text" and not part.marks else None
    return None


def _visit(node: _Node, around: _Around, page: _Page) -> _Open | None:
    """Write what a node says itself; what is to be visited next is given back."""
    name = node.type
    if name == "text":
        page.write_all((node,))
    elif name == "paragraph" and node.attrs is None and all(part.type == "text" for part in node.content or ()):
        page.end_line(around)
        page.write_all(node.content or ())
        page.end_line(around)
    elif name in _BLOCKS:
        attributes = node.attrs or {}
        page.end_line(around)
        if "title" in attributes:
            page.title(attributes["title"])
        page.continued = page.continued and name not in _INSIDE
        return _opened(node, _INSIDE_HEADING[_level(attributes)] if name == "heading" else _INSIDE.get(name, around), is_block=True)
    elif name == "hardBreak":
        page.end_line(around)
    elif name in _WRITTEN:
        page.write((node.attrs or {}).get(_WRITTEN[name]), bold=name == "emoji")
    elif name != "placeholder":
        if name in _LISTS:
            page.end_line(around)
        elif name == "tableRow":
            page.row = FIRST_ROW + len(page.lines)
        return _opened(node, around, is_block=False)
    return None


def _opened(node: _Node, around: _Around, *, is_block: bool) -> _Open:
    return iter(node.content or ()), around, is_block


def _level(attributes: dict[str, Any]) -> int:
    depth = attributes.get("level")
    return depth if isinstance(depth, int) and 1 <= depth <= 6 else 1
