"""Markdown as Azure DevOps and people write it, read line by line."""

from __future__ import annotations

import html
import re
from itertools import takewhile

from safesync.facts.text.line import (
    BOLD_LEVEL,
    BOX,
    FIRST_ROW,
    HEAD_OF_TABLE,
    PARAGRAPH,
    Line,
    LineKind,
    Lines,
    cleaned,
    is_prose,
    new,
    one_space,
    squeezed,
    typed,
    within_reason,
)
from safesync.facts.text.plain import bold_only
from safesync.facts.text.signs import Signs
from safesync.facts.text.squashed import unflatten

_HEADING = re.compile(r"(#{1,6})[ \t]+|(#{2,6})(?=[^\s#])")
_FENCE = re.compile(r"(```|~~~)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,1000}\)")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|blockquote|code|dd|details|div|dl|dt|em|font|hr|i|img|kbd|li|mark|ol|p|pre|s|small|span|strong|sub|summary|sup|table"
    r"|tbody|td|th|thead|tr|u|ul)(?:[ /][^<>\n]{0,1000})?>",
    re.IGNORECASE,
)
_TAG_HEADING = re.compile(r"<h([1-6])(?:[ /][^<>\n]{0,1000})?>", re.IGNORECASE)
_END_OF_HEADING = re.compile(r"</h[1-6]>", re.IGNORECASE)
_INLINE = re.compile(r"(?:\*\*|__|~~)")


def lines(text: str) -> Lines:
    """The lines of a Markdown text; comments and tags that only shape it are taken out."""
    found: list[Line] = []
    fence = ""
    text = unflatten(without_comments(cleaned(text)))
    marked = _is_marked(text)
    goes_on = False
    for raw in within_reason(text):
        below, stripped = goes_on, squeezed(raw)
        goes_on = stripped != ""
        if not fence and stripped and is_prose(stripped) and not (marked and _is_marked(stripped)):
            found.append(new(Line, (PARAGRAPH, stripped, 0)))
            continue
        mark = _FENCE.match(stripped)
        if fence:
            if stripped.startswith(fence):
                fence = ""
            elif stripped:
                found.append(Line(LineKind.CODE, one_space(stripped)))
        elif mark:
            fence = "" if stripped.endswith("[tasklist]") else mark[1]
        elif below or stripped.strip("-=") or not found:
            _take(stripped, found)  # a row of signs behind an empty line is a rule, and underlines nothing
    return tuple(found)


_is_marked = Signs(("<", "&", "](", "**", "__", "~~")).holds
"""Whether a line that begins like prose may hold signs of the notation all the same."""


def without_comments(text: str) -> str:
    """The text without ``<!-- -->``: the hints of a template are no text of the item."""
    if "<!--" not in text:
        return text
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _take(text: str, found: list[Line]) -> None:
    """Add the lines of one source line."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
        if "<h" in text or "<H" in text:
            text = _END_OF_HEADING.sub("\n", _TAG_HEADING.sub(_hashes, text))
    if "&" in text:
        text = html.unescape(text)
    if "](" in text:
        text = "".join(_LINK.split(text))
    for part in text.split("\n"):
        _take_part(part.strip().lstrip("> \t") if part.lstrip().startswith(">") else part.strip(), found)


def _hashes(tag: re.Match[str]) -> str:
    return "\n" + "#" * int(tag[1]) + " "


def _take_part(text: str, found: list[Line]) -> None:
    if not text:
        return
    if not text.strip("-=*_ "):
        _underlined(text, found)
    elif heading := _HEADING.match(text):
        _add(LineKind.HEADING, _plain(text[heading.end() :]).rstrip("# "), found, len(heading[1] or heading[2]))
    elif text.startswith("|"):
        _take_row(text, found)
    elif len(text) < 80 and (inner := bold_only(text, "**") or bold_only(text, "__")):
        _add(LineKind.HEADING, inner, found, BOLD_LEVEL)
    elif line := typed(text if BOX.match(text) else _plain(text).strip()):
        found.append(line._replace(text=_plain(one_space(line.text))))


def _take_row(text: str, found: list[Line]) -> None:
    """The cells of a row; a row of dashes makes the one above it the head of the table."""
    if not text.strip("|-: "):
        row = found[-1].level if found and "-" in text else 0
        start = len(found) - sum(1 for _ in takewhile(lambda line: line.level == row >= FIRST_ROW, reversed(found)))
        found[start:] = [line._replace(level=HEAD_OF_TABLE) for line in found[start:]]
        return
    row = FIRST_ROW + len(found)
    for cell in text.split("|"):
        if cell.strip("-: "):
            _add(LineKind.BULLET, _plain(cell), found, row)


def _underlined(text: str, found: list[Line]) -> None:
    """A row of = or - makes a heading of the paragraph above it."""
    if len(text) >= 3 and found and found[-1].kind is LineKind.PARAGRAPH and (not text.strip("=") or not text.strip("-")):
        found[-1] = Line(LineKind.HEADING, found[-1].text, 1 if text[0] == "=" else 2)


def _add(kind: LineKind, text: str, found: list[Line], level: int = 0) -> None:
    if text := one_space(text):
        found.append(Line(kind, text, level))


def _plain(text: str) -> str:
    """A text without the marks of emphasis."""
    return _INLINE.sub("", text) if "**" in text or "__" in text or "~~" in text else text
