"""Jira's wiki markup, read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_letters

from safesync.facts.text.line import (
    BOLD_LEVEL,
    BULLET,
    CODE,
    FIRST_ROW,
    HEAD_OF_TABLE,
    PARAGRAPH,
    Line,
    LineKind,
    Lines,
    cleaned,
    new,
    one_space,
    squeezed_lines,
    typed,
)
from safesync.facts.text.plain import bold_only
from safesync.facts.text.squashed import unflatten

_HEADING = re.compile(r"h([1-6])\.\s*")
_ITEM = re.compile(r"(?:[*#]{1,12}|-{1,3})[ \t]+")
_ICON = re.compile(r"(?:[*#-]{1,6}[ \t]{1,8})?\((?:/|x|\?|!)\)(?=[ \t]|$)")
"""No checkbox: of eleven real lists of icons all told how far the work was, none was one of criteria."""
_BOX = re.compile(r"(?:[*#-]{1,6}[ \t]{1,8})?\[[ xX]?\](?=[ \t]|$)")
_CODE = re.compile(r"\{(code|noformat)(?::[^{}\n]{0,200})?\}")
_TITLED = re.compile(r"\{(?:panel|expand|info|note|tip|warning)(?::[^{}\n]{0,200}?)?[:|](?:title=)([^{}|\n]{1,200})[^{}\n]{0,200}\}")
_MACRO = re.compile(r"\{[a-z][a-z-]{0,20}(?::[^{}\n]{0,200})?\}")
_LINK = re.compile(r"\[([^\[\]|\n]{1,300})\|[^\[\]\n]{1,1000}\]")
_MONOSPACED = re.compile(r"\{\{([^{}\n]{1,300})\}\}")
_IMAGE = re.compile(r"![^!\s|]{1,200}\.[a-zA-Z]{2,4}(?:\|[^!\n]{0,100})?!")
_SIGNS = frozenset("*#-([")
_BOLD_SIGNS = frozenset("*_+")
_MARKS = ("*", "+", "_", "-")


def lines(text: str) -> Lines:
    """The lines of a wiki text, macros and links reduced to what people read."""
    found: list[Line] = []
    text = unflatten(cleaned(text))
    has_cells = "|" in text or "!" in text
    rest = iter(squeezed_lines(text))
    for line in rest:
        if "{" not in line:
            if line[0] in _BEGIN_PROSE and line[1:2] not in _AFTER_A_LETTER and not (has_cells and ("|" in line or "!" in line)):
                found.append(new(Line, (PARAGRAPH, line, 0)))
            else:
                _take(line, found)
        elif block := _BLOCKS.get(line) or _opened(line, found):
            _take_block(rest, block, found)
        else:
            _take_braced(line, found)
    return tuple(found)


def _take(line: str, found: list[Line]) -> None:
    """Add a line without macros. Most are prose or an item of a list, and need no more than a look at how they begin."""
    if "|" in line or "!" in line:
        line = _without_links(line)
        if line[:1] == "|":
            row = HEAD_OF_TABLE if line[1:2] == "|" else FIRST_ROW + len(found)
            found += [new(Line, (BULLET, cell, row)) for part in line.split("|") if (cell := _unmarked(part))]
            return
    first = line[:1]
    if first.isalpha() and line[1:2] not in _AFTER_A_LETTER and (first != "h" or line[2:3] != "."):
        found.append(new(Line, (PARAGRAPH, line, 0)))
    elif first in _BULLETS and line[1:2] == " " and line[2:3] not in _NO_ITEM:
        found.append(new(Line, (BULLET, line[2:], 0)))
    elif line.strip("-"):
        found += _line(line)


def _take_block(rest: Iterator[str], block: str, found: list[Line]) -> None:
    """Take what stands in a block of code, and what stands behind its end on the same line."""
    end = "{" + block + "}"
    for line in rest:
        if end in line:
            before, _, after = line.partition(end)
            found += _code(before)
            _take_braced(after.strip(), found)
            return
        found.append(new(Line, (CODE, line, 0)))


_BEGIN_PROSE = frozenset(ascii_letters) - {"h"}
"""Letters that most lines begin with, and no heading does."""
_BLOCKS = {"{code}": "code", "{noformat}": "noformat"}
_AFTER_A_LETTER = {".", ")"}
_BULLETS = {"*", "#", "-"}
_NO_ITEM = {"(", "["}


def _opened(line: str, found: list[Line]) -> str:
    """The name of the block of code that a line opens and does not close; what stands beside its sign is taken in."""
    opened = _CODE.search(line) if "{code" in line or "{noformat" in line else None
    if opened is None or line.find("{" + opened[1] + "}", opened.end()) >= 0:
        return ""
    _take_braced(line[: opened.start()].rstrip(), found)
    found += _code(line[opened.end() :])
    return opened[1]


def _code(raw: str) -> Lines:
    text = one_space(raw)
    return (Line(LineKind.CODE, text),) if text else ()


def _take_braced(line: str, found: list[Line]) -> None:
    """Add a line that may have macros, and opens no block."""
    if "{" in line:
        line = _without_macros(line, found)
    if line:
        _take(line, found)


def _without_macros(line: str, found: list[Line]) -> str:
    """The line without the signs of its macros; what titles a panel is a heading above it."""
    if "{{" in line:
        line = "`".join(_MONOSPACED.split(line))  # splitting and joining takes a quarter of what putting in a group takes
        if "{" not in line:
            return line
    if "title=" in line:
        found += [Line(LineKind.HEADING, one_space(title), BOLD_LEVEL) for title in _TITLED.findall(line)]
    return one_space(_MACRO.sub("", line))


def _without_links(line: str) -> str:
    if "[" in line and "|" in line:
        line = one_space("".join(_LINK.split(line)))
    return one_space(_IMAGE.sub("", line)) if line.count("!") > 1 else line


def _line(text: str) -> Lines:
    """A line by the sign that it begins with."""
    first = text[:1]
    if first == "h" and (found := _HEADING.match(text)):
        inner = _unmarked(text[found.end() :])
        return (new(Line, (LineKind.HEADING, inner, int(found[1]))),) if inner else ()
    if first in _SIGNS:
        if found := _ICON.match(text):
            return _of(BULLET, text[found.end() :])
        if found := _BOX.match(text):
            return _of(LineKind.BOX, text[found.end() :])
    if first in _BOLD_SIGNS and len(text) < 80 and (inner := _bold(text)):
        return (new(Line, (LineKind.HEADING, inner, BOLD_LEVEL)),)
    if first in _BULLETS and (found := _ITEM.match(text)):
        return _of(BULLET, text[found.end() :])
    line = typed(text)
    return (line,) if line else ()


def _bold(text: str) -> str:
    """What a line says when all of it is bold, underlined or both; else nothing."""
    if text[0] == "*":
        return bold_only(text, "*")
    inner = text
    for mark in ("+", "_"):
        inner = bold_only(inner, mark) or inner
    return bold_only(inner, "*") or (inner if inner != text and text[0] == "+" else "")


def _of(kind: LineKind, text: str) -> Lines:
    text = one_space(text)
    return (new(Line, (kind, text, 0)),) if text else ()


def _unmarked(text: str) -> str:
    """A heading or cell without the marks of emphasis around it."""
    return one_space(text).strip("*_+").strip()
