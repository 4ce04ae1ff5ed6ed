"""The document format of Jira Cloud, walked without trusting its shape."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from safesync.facts.text import plain
from safesync.facts.text.line import (
    BOLD_LEVEL,
    FIRST_ROW,
    HEAD_OF_TABLE,
    MOST_CHARACTERS,
    Line,
    LineKind,
    Lines,
    clean,
    cleaned,
    item,
    new,
    one_space,
)
from safesync.facts.text.squashed import typed_lines

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


_END = object()
"""The end of a block, on the stack below what stands in it."""
_MOST_NODES = 100_000
"""What stands beyond is not read: a document that people write has some hundreds of nodes."""
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

    def title(self, text: object) -> None:
        """Take the title of an expand or panel for a heading."""
        if isinstance(text, str) and (short := one_space(clean(text))):
            self.lines.append(Line(LineKind.HEADING, short, BOLD_LEVEL))

    def paragraph(self, text: str) -> None:
        """A whole paragraph outside of all else."""
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
    page = _Page()
    stack: list[tuple[object, _Around]] = [(document, _OUTSIDE)]
    nodes = 0
    while stack and nodes < _MOST_NODES:
        node, around = stack.pop()
        nodes += 1
        if node is _END:
            page.end_line(around)
        elif isinstance(node, list):
            nodes += _visit_all(node, around, page, stack)
        elif isinstance(node, dict):
            _visit(node, around, page, stack)
    page.end_line(_OUTSIDE)
    return tuple(page.lines)


def _visit_all(nodes: list[object], around: _Around, page: _Page, stack: list[tuple[object, _Around]]) -> int:
    """Write the texts that a list begins with; what comes after them goes onto the stack. Gives how many were written."""
    for at, node in enumerate(nodes):
        if around is _OUTSIDE and not page.parts and (text := _only_text(node)):
            page.paragraph(text)
        elif isinstance(node, dict) and node.get("type") == "paragraph" and _is_simple(node):
            page.end_line(around)
            for part in node["content"]:
                page.write(part.get("text"), bold="marks" in part and _is_bold(part["marks"]))
            page.end_line(around)
        elif not isinstance(node, dict) or node.get("type") != "text":
            stack.extend([(rest, around) for rest in nodes[:at:-1]])
            stack.append((node, around))
            return at
        else:
            page.write(node.get("text"), bold="marks" in node and _is_bold(node["marks"]))
    return len(nodes)


def _only_text(node: object) -> str:
    """The text of a paragraph that has a single one without marks, as most have."""
    if not isinstance(node, dict) or node.get("type") != "paragraph" or "attrs" in node:
        return ""
    content = node.get("content")
    if not isinstance(content, list) or len(content) != 1:
        return ""
    part = content[0]
    if not isinstance(part, dict) or part.get("type") != "text" or "marks" in part:
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else ""


def _is_simple(node: dict[Any, Any]) -> bool:
    """Whether a paragraph has nothing but texts in it: most do, and these are written at once."""
    content = node.get("content")
    if "attrs" in node or not isinstance(content, list):
        return False
    return all(isinstance(part, dict) and part.get("type") == "text" for part in content)


def _visit(node: dict[object, object], around: _Around, page: _Page, stack: list[tuple[object, _Around]]) -> None:
    """Write what a node says itself; what is to be visited next goes onto the stack."""
    name = node.get("type")
    name = name if isinstance(name, str) else ""
    if name == "text":
        page.write(node.get("text"), bold=_is_bold(node.get("marks")))
    elif name in _BLOCKS:
        attributes = _attributes(node)
        page.end_line(around)
        if "title" in attributes:
            page.title(attributes["title"])
        page.continued = page.continued and name not in _INSIDE
        inside = _INSIDE_HEADING[_level(attributes)] if name == "heading" else _INSIDE.get(name, around)
        stack.append((_END, inside))
        stack.append((node.get("content"), inside))
    elif name == "hardBreak":
        page.end_line(around)
    elif name in _WRITTEN:
        page.write(_attributes(node).get(_WRITTEN[name]), bold=name == "emoji")
    elif name != "placeholder":
        if name in _LISTS:
            page.end_line(around)
        elif name == "tableRow":
            page.row = FIRST_ROW + len(page.lines)
        stack.append((node.get("content"), around))


def _attributes(node: dict[object, object]) -> dict[object, object]:
    found = node.get("attrs")
    return found if isinstance(found, dict) else {}


def _level(attributes: dict[object, object]) -> int:
    depth = attributes.get("level")
    return depth if isinstance(depth, int) and 1 <= depth <= 6 else 1


def _is_bold(marks: object) -> bool:
    return isinstance(marks, list) and any(isinstance(mark, dict) and mark.get("type") == "strong" for mark in marks)
