"""Rich text before it has a notation, and its notations: ADF for Jira Cloud, wiki markup for a Data Center, HTML for Azure DevOps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any


class Style(StrEnum):
    """How the lines of a block look."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    BULLETS = "bullets"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines in one style; a paragraph or heading has one line each."""

    style: Style
    lines: tuple[str, ...]


Prose = tuple[Block, ...]


def says(*lines: str) -> Prose:
    """One paragraph a line."""
    return (Block(Style.PARAGRAPH, lines),)


def bullets(*lines: str) -> Prose:
    """A bulleted list."""
    return (Block(Style.BULLETS, lines),)


def steps(*lines: str) -> Prose:
    """A numbered list."""
    return (Block(Style.STEPS, lines),)


def section(title: str, body: Prose) -> Prose:
    """A heading with what stands below it."""
    return (Block(Style.HEADING, (title,)), *body)


def adf(prose: Prose) -> dict[str, Any]:
    """The text as an Atlassian document."""
    return {"type": "doc", "version": 1, "content": [node for block in prose for node in _nodes(block)]}


def html(prose: Prose) -> str:
    """The text as Azure DevOps' editor would save it."""
    return "".join(_elements(block) for block in prose)


_LEADS = {Style.HEADING: "h3. ", Style.BULLETS: "* ", Style.STEPS: "# ", Style.PARAGRAPH: ""}
_MARKUP = re.compile(r"([{}\[\]\\])")


def wiki(prose: Prose) -> str:
    """The text as people write it in a Data Center; a blank line parts blocks."""
    apart = {Style.PARAGRAPH: "\n\n"}
    blocks = (apart.get(block.style, "\n").join(_LEADS[block.style] + _escaped(line) for line in block.lines) for block in prose)
    return "\n\n".join(blocks).strip()


def _escaped(line: str) -> str:
    """What would be markup, as text."""
    return _MARKUP.sub(r"\\\1", line)


def _nodes(block: Block) -> list[dict[str, Any]]:
    if block.style is Style.HEADING:
        return [{"type": "heading", "attrs": {"level": 3}, "content": [_text(line)]} for line in block.lines]
    if block.style is Style.PARAGRAPH:
        return [_paragraph(line) for line in block.lines]
    items = [{"type": "listItem", "content": [_paragraph(line)]} for line in block.lines]
    if block.style is Style.BULLETS:
        return [{"type": "bulletList", "content": items}]
    return [{"type": "orderedList", "attrs": {"order": 1}, "content": items}]


def _paragraph(line: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [_text(line)]} if line else {"type": "paragraph"}


def _text(line: str) -> dict[str, Any]:
    return {"type": "text", "text": line}


def _elements(block: Block) -> str:
    lines = [escape(line, quote=False) or "<br>" for line in block.lines]
    if block.style is Style.HEADING:
        return "".join(f"<h3>{line}</h3>" for line in lines)
    if block.style is Style.PARAGRAPH:
        return "".join(f"<div>{line}</div>" for line in lines)
    tag = "ul" if block.style is Style.BULLETS else "ol"
    return f"<{tag}>" + "".join(f"<li>{line}</li>" for line in lines) + f"</{tag}>"
