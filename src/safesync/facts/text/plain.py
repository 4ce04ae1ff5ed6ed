"""Plain text, read line by line."""

from __future__ import annotations

import re

from safesync.facts.text.line import BOLD_LEVEL, PARAGRAPH, Line, LineKind, Lines, cleaned, is_prose, new, squeezed, typed, within_reason
from safesync.facts.text.squashed import unflatten

_HEADING = re.compile(r"h([1-6])\. *(?=\S)")


def lines(text: str) -> Lines:
    """The lines of a text without notation. People type wiki headings into anything, so these are known here too."""
    found: list[Line] = []
    for raw in within_reason(unflatten(cleaned(text))):
        text = squeezed(raw)
        if text and text[0] != "h" and is_prose(text):
            found.append(new(Line, (PARAGRAPH, text, 0)))
        elif line := _line(text):
            found.append(line)
    return tuple(found)


def _line(text: str) -> Line | None:
    if found := _HEADING.match(text):
        return Line(LineKind.HEADING, text[found.end() :], int(found[1]))
    if len(text) < 80 and len(text) > 4 and text[0] == "*" and (inner := bold_only(text, "*")):
        return Line(LineKind.HEADING, inner, BOLD_LEVEL)
    return typed(text)


def bold_only(text: str, mark: str) -> str:
    """What stands between two bold marks when nothing else is on the line, else nothing."""
    width = len(mark)
    inner, rest = text[width:], ""
    if inner.endswith(":"):
        inner, rest = inner[:-1].rstrip(), ":"
    if not text.startswith(mark) or not inner.endswith(mark):
        return ""
    inner = inner[:-width]
    if not inner.strip() or mark in inner or inner[0].isspace():
        return ""
    return inner.strip() + rest
