"""A message as an Atlassian document: only paragraphs, lists and three kinds of emphasis, and text stays text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

_MARKS = {Mark.STRONG: "strong", Mark.EM: "em", Mark.CODE: "code"}
_LINKABLE = ("https://", "http://", "mailto:")


def document(message: Message) -> dict[str, Any]:
    """The message in Jira's document format; its reference stands visibly in the last line."""
    content = [node for block in (*message.blocks, footer(message)) if (node := _block(block)) is not None]
    return {"type": "doc", "version": 1, "content": content}


def footer(message: Message) -> Paragraph:
    """The last line, by which a comment is found again when the store is lost."""
    return Paragraph((Span(f"SafeSync ref {message.reference}"),))


def linkable(href: str) -> bool:
    """Whether an address opens a page or a mail, and runs nothing."""
    return href.lower().startswith(_LINKABLE)


def shows(body: object, reference: str) -> bool:
    """Whether a comment's body, a document or wiki text, shows this reference."""
    return reference in shown_text(body)


def shown_text(body: object) -> str:
    """All that a comment's body says, without what separates its lines."""
    return body if isinstance(body, str) else "".join(_texts(body))


def _block(block: Paragraph | Bullets) -> dict[str, Any] | None:
    if isinstance(block, Paragraph):
        return _paragraph(block.spans)
    if not block.entries:
        return None  # a list without entries is not a valid document
    items = [{"type": "listItem", "content": [_paragraph(entry)]} for entry in block.entries]
    return {"type": "orderedList" if block.numbered else "bulletList", "content": items}


def _paragraph(spans: tuple[Span, ...]) -> dict[str, Any]:
    return {"type": "paragraph", "content": [_text(span) for span in spans if span.text]}


def _text(span: Span) -> dict[str, Any]:
    marks: list[dict[str, Any]] = []
    if span.mark in _MARKS:
        marks.append({"type": _MARKS[span.mark]})
    if span.href is not None and linkable(span.href):
        marks.append({"type": "link", "attrs": {"href": span.href}})
    # A line break inside a text node makes the document invalid for some of Jira's editors.
    node: dict[str, Any] = {"type": "text", "text": span.text.replace("\r", " ").replace("\n", " ")}
    return {**node, "marks": marks} if marks else node


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(text := node.get("text"), str):
            yield text
        for child in node.get("content") or ():
            yield from _texts(child)
