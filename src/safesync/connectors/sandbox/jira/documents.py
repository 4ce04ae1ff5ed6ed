"""Documents in the Atlassian Document Format: from plain text, checked, and as Jira gives them back."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any

LIMIT = 32_767

_BLOCKS = frozenset(
    {
        "blockquote",
        "bulletList",
        "codeBlock",
        "decisionItem",
        "decisionList",
        "expand",
        "heading",
        "listItem",
        "mediaGroup",
        "mediaSingle",
        "nestedExpand",
        "orderedList",
        "panel",
        "paragraph",
        "rule",
        "table",
        "tableCell",
        "tableHeader",
        "tableRow",
        "taskItem",
        "taskList",
        "blockCard",
    }
)
_INLINE = frozenset({"date", "emoji", "hardBreak", "inlineCard", "mention", "status", "text", "media"})
_MARKS = frozenset({"backgroundColor", "code", "em", "link", "strike", "strong", "subsup", "textColor", "underline"})
_NEEDED: dict[str, tuple[str, ...]] = {
    "heading": ("level",),
    "panel": ("panelType",),
    "mention": ("id",),
    "emoji": ("shortName",),
    "date": ("timestamp",),
    "status": ("text", "color"),
    "taskItem": ("state",),
    "decisionItem": ("state",),
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "orderedList": {"order": 1},
    "table": {"isNumberColumnEnabled": False, "layout": "align-start"},
    "expand": {"title": ""},
    "status": {"style": ""},
    "mention": {"accessLevel": ""},
}
_CHILDREN: dict[str, frozenset[str]] = {
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "taskList": frozenset({"taskItem", "taskList"}),
    "decisionList": frozenset({"decisionItem"}),
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "paragraph": _INLINE - {"media"},
    "heading": _INLINE - {"media"},
    "codeBlock": frozenset({"text"}),
}
_ITEMS = frozenset({"listItem", "taskItem", "decisionItem", "tableRow", "tableCell", "tableHeader"})
_LOCAL = _BLOCKS - {"rule", "mediaGroup", "mediaSingle"}


def document(text: str) -> dict[str, Any]:
    """
    A document of plain text.

    Blank lines part blocks; lines that begin with ``- `` or ``* `` make a list, ``# `` to ``###### `` a heading; other
    lines of a block stay lines.
    """
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block]
    return {"type": "doc", "version": 1, "content": [part for block in blocks for part in _parts(block.split("\n"))]}


def _parts(lines: list[str]) -> Iterator[dict[str, Any]]:
    for bullet, group in itertools.groupby(lines, key=lambda line: bool(re.match(r"\s*[-*] ", line))):
        if bullet:
            items = [_paragraph([re.sub(r"^\s*[-*] ", "", line)]) for line in group]
            yield {"type": "bulletList", "content": [{"type": "listItem", "content": [item]} for item in items]}
            continue
        for heading, rest in itertools.groupby(group, key=lambda line: re.match(r"(#{1,6}) ", line) is not None):
            if not heading:
                yield _paragraph(list(rest))
                continue
            for line in rest:
                marks, words = line.split(" ", 1)
                yield {"type": "heading", "attrs": {"level": len(marks)}, "content": [{"type": "text", "text": words}]}


def _paragraph(lines: list[str]) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for line in lines:
        if content:
            content.append({"type": "hardBreak"})
        if line.strip():
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def is_document(value: Any) -> bool:
    """Whether the value is a well-formed document: known nodes and marks, in places where they may stand."""
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        return False
    content = value.get("content")
    return set(value) <= {"type", "version", "content"} and isinstance(content, list) and all(_fits(node, "doc") for node in content)


def _fits(node: Any, parent: str) -> bool:
    if not isinstance(node, dict) or not set(node) <= {"type", "attrs", "content", "marks", "text"}:
        return False
    kind, attrs, content = node.get("type"), node.get("attrs", {}), node.get("content", [])
    allowed = _CHILDREN.get(parent) or ((_BLOCKS - _ITEMS) if parent != "mediaGroup" else frozenset({"media"}))
    if parent in {"taskItem", "decisionItem"}:
        allowed = _INLINE
    if kind not in allowed and not (parent == "mediaSingle" and kind == "media"):
        return False
    if not isinstance(attrs, dict) or any(name not in attrs for name in _NEEDED.get(kind, ())) or not isinstance(content, list):
        return False
    if kind == "heading" and attrs["level"] not in range(1, 7):
        return False
    return _text_fits(node) and all(_mark_fits(mark) for mark in node.get("marks", ())) and all(_fits(child, kind) for child in content)


def _text_fits(node: dict[str, Any]) -> bool:
    if node["type"] != "text":
        return "text" not in node
    return isinstance(node.get("text"), str) and bool(node["text"]) and "content" not in node


def _mark_fits(mark: Any) -> bool:
    return isinstance(mark, dict) and mark.get("type") in _MARKS and (mark["type"] != "link" or "href" in mark.get("attrs", {}))


def normalised(node: dict[str, Any]) -> dict[str, Any]:
    """
    The document as Jira gives it back: every block has a ``localId``, left-out attributes have their defaults.

    So nothing that was sent can be compared byte by byte with what comes back.
    """
    kind = node["type"]
    attrs = {**_DEFAULTS.get(kind, {}), **node.get("attrs", {})}
    if kind in _LOCAL:
        attrs.setdefault("localId", uuid.uuid4().hex[:12])
    made = {name: value for name, value in node.items() if name not in {"attrs", "content"}}
    if attrs:
        made["attrs"] = attrs
    if "content" in node:
        made["content"] = [normalised(child) for child in node["content"]]
    return made


def plain(node: dict[str, Any]) -> str:
    """The words of a document, a line for each block."""
    kind = node["type"]
    if kind == "text":
        text: str = node["text"]
        return text
    if kind == "hardBreak":
        return "\n"
    inner = "".join(plain(child) for child in node.get("content", ()))
    shown = node.get("attrs", {}).get("text", "") if kind in {"mention", "status"} else ""
    return f"{shown}{inner}\n" if kind in _BLOCKS and not inner.endswith("\n") else f"{shown}{inner}"


def length(node: dict[str, Any]) -> int:
    """How long Jira finds the document: it counts its own conversion to wiki markup, not what was sent."""
    own = len(node.get("text", "")) + sum(2 + len(mark.get("attrs", {}).get("href", "")) for mark in node.get("marks", ()))
    block = 4 if node["type"] in _BLOCKS else 0
    return own + block + sum(length(child) for child in node.get("content", ()))
