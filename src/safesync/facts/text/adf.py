"""The document format of Jira Cloud, walked without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from safesync.facts.text import plain
from safesync.facts.text.line import BOLD_LEVEL, Line, LineKind, Lines, clean, cleaned, one_space, typed
from safesync.facts.text.squashed import unflatten

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


@dataclass(slots=True)
class _Page:
    """The lines so far, and the one being written."""

    lines: list[Line] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _plain_seen: bool = False

    def write(self, text: object, *, bold: bool) -> None:
        """Add to the line being written; what is no text is no part of it."""
        if not isinstance(text, str):
            return
        self._parts.append(text)
        self._plain_seen = self._plain_seen or (not bold and bool(text.strip(" :\u00a0")))

    def title(self, text: object) -> None:
        """Take the title of an expand or panel for a heading."""
        if isinstance(text, str) and (short := one_space(clean(text))):
            self.lines.append(Line(LineKind.HEADING, short, BOLD_LEVEL))

    def end_line(self, kind: LineKind, level: int) -> None:
        """Close the line being written, if it holds anything."""
        text = "".join(self._parts)
        bold_only = not self._plain_seen
        self._parts.clear()
        self._plain_seen = False
        if text and not text.isspace():
            self._add(cleaned(text), kind, level, bold_only=bold_only)

    def _add(self, text: str, kind: LineKind, level: int, *, bold_only: bool) -> None:
        short = one_space(text)
        if not short:
            return
        if kind is LineKind.CODE:
            self.lines += [Line(kind, one_space(part)) for part in text.split("\n") if part.strip()]
        elif kind is not LineKind.PARAGRAPH:
            self.lines.append(Line(kind, short, level))
        elif bold_only and len(short) < 80:
            self.lines.append(Line(LineKind.HEADING, short, BOLD_LEVEL))
        else:
            self.lines += [line for part in unflatten(text).split("\n") if (line := typed(part))]


class _Around(NamedTuple):
    """The kind and level of the line that a node stands in."""

    kind: LineKind = LineKind.PARAGRAPH
    level: int = 0


class _End(NamedTuple):
    """The end of a block, on the stack below what stands in it."""


_END = _End()
_MOST_NODES = 100_000
"""What stands beyond is not read: a document that people write has some hundreds of nodes."""


def _walk(document: object) -> Lines:
    """Visit every node once, in reading order, with a list for a stack: no depth is too deep."""
    page = _Page()
    stack: list[tuple[object, _Around]] = [(document, _Around())]
    nodes = 0
    while stack and nodes < _MOST_NODES:
        node, around = stack.pop()
        nodes += 1
        if node is _END:
            page.end_line(around.kind, around.level)
        elif isinstance(node, list):
            stack.extend((child, around) for child in reversed(node))
        elif isinstance(node, dict):
            stack.extend(_visit(node, around, page))
    page.end_line(LineKind.PARAGRAPH, 0)
    return tuple(page.lines)


def _visit(node: dict[object, object], around: _Around, page: _Page) -> Iterator[tuple[object, _Around]]:
    """Write what a node says itself; gives what is to be visited next, the last one first."""
    name = node.get("type")
    name = name if isinstance(name, str) else ""
    attributes = node.get("attrs")
    attributes = attributes if isinstance(attributes, dict) else {}
    if name == "text":
        page.write(node.get("text"), bold=_is_bold(node.get("marks")))
    elif name == "hardBreak":
        page.end_line(*around)
    elif name == "placeholder":
        return
    elif name in _WRITTEN:
        page.write(attributes.get(_WRITTEN[name]), bold=name == "emoji")
    elif name in _BLOCKS:
        page.end_line(*around)
        page.title(attributes.get("title"))
        inside = _Around(_KINDS.get(name, around.kind), _level(attributes) if name == "heading" else around.level)
        yield _END, inside
        yield node.get("content"), inside
    else:
        if name in _LISTS:
            page.end_line(*around)
        yield node.get("content"), around


def _level(attributes: dict[object, object]) -> int:
    depth = attributes.get("level")
    return depth if isinstance(depth, int) and 1 <= depth <= 6 else 1


def _is_bold(marks: object) -> bool:
    return isinstance(marks, list) and any(isinstance(mark, dict) and mark.get("type") == "strong" for mark in marks)
