"""Jira's wiki markup, read line by line."""

from __future__ import annotations

import re

from safesync.facts.text.line import (
    BOLD_LEVEL,
    BULLET,
    CODE,
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
_MARKS = ("*", "+", "_", "-")


def lines(text: str) -> Lines:
    """The lines of a wiki text, macros and links reduced to what people read."""
    found: list[Line] = []
    code, end = "", ""
    for raw in within_reason(unflatten(cleaned(text))):
        line = raw.strip()
        if "  " in line or "\t" in line:
            line = " ".join(line.split())
        if code:
            if line and end not in line:
                found.append(new(Line, (CODE, line, 0)))
            elif line:
                code = _code_line(line, code, found)
        elif "{" in line:
            code = _BLOCKS.get(line) or _braced(line, found)
            end = "{" + code + "}"
        elif line:
            _take(line, found)
    return tuple(found)


def _take(line: str, found: list[Line]) -> None:
    """Add a line without macros. Most are prose or an item of a list, and need no more than a look at how they begin."""
    first = line[0]
    if first == "|" or ("|" in line and "[" in line) or line.count("!") > 1:
        found += _read(line)
    elif first.isalpha() and line[1:2] not in _AFTER_A_LETTER and (first != "h" or line[2:3] != "."):
        found.append(new(Line, (PARAGRAPH, line, 0)))
    elif first in _BULLETS and line[1:2] == " " and line[2:3] not in _NO_ITEM:
        found.append(new(Line, (BULLET, line[2:], 0)))
    elif first != "-" or line.strip("-"):
        found += _line(line)


_BLOCKS = {"{code}": "code", "{noformat}": "noformat"}
_AFTER_A_LETTER = {".", ")"}
_BULLETS = {"*", "#", "-"}
_NO_ITEM = {"(", "["}


def _braced(line: str, found: list[Line]) -> str:
    """Take in a line with macros; gives the name of the block that is open after it."""
    opened = _CODE.search(line) if "{code" in line or "{noformat" in line else None
    if opened is None or line.find("{" + opened[1] + "}", opened.end()) >= 0:
        found += _read(line)
        return ""
    if opened.start():
        found += _read(line[: opened.start()])
    if opened.end() < len(line):
        found += _code(line[opened.end() :])
    return opened[1]


def _code_line(raw: str, code: str, found: list[Line]) -> str:
    """Take a line of a code block in; gives the name of the block that is still open after it."""
    before, end, after = raw.partition("{" + code + "}")
    if before:
        found += _code(before)
    if after:
        found += _read(after)
    return "" if end else code


def _code(raw: str) -> Lines:
    text = one_space(raw)
    return (Line(LineKind.CODE, text),) if text else ()


def _read(raw: str) -> Lines:
    text = squeezed(raw)
    if not text or (text[0] == "-" and not text.strip("-")):
        return ()
    titles: Lines = ()
    if "{" in text:
        if "title=" in text:
            titles = tuple(Line(LineKind.HEADING, one_space(title), BOLD_LEVEL) for title in _TITLED.findall(text))
        text = _MACRO.sub("", text).strip()
        if "{{" in text:
            text = _MONOSPACED.sub(r"`\1`", text)
    if "[" in text and "|" in text:
        text = _LINK.sub(r"\1", text)
    if text.count("!") > 1:
        text = _IMAGE.sub("", text)
    if text.startswith("|"):
        return titles + tuple(Line(LineKind.BULLET, cell) for part in text.split("|") if (cell := _unmarked(part)))
    return titles + _line(text)


def _line(text: str) -> Lines:
    if text[:1] == "h" and (found := _HEADING.match(text)):
        inner = _unmarked(text[found.end() :])
        return (Line(LineKind.HEADING, inner, int(found[1])),) if inner else ()
    return _of(LineKind.PARAGRAPH, text) if is_prose(text) else _signed(text)


def _signed(text: str) -> Lines:
    """A line that may begin with the sign of a list."""
    if text[:1] in _SIGNS:
        if found := _ICON.match(text):
            return _of(LineKind.BULLET, text[found.end() :])
        if found := _BOX.match(text):
            return _of(LineKind.BOX, text[found.end() :])
    if len(text) < 80 and text.startswith(("*", "_", "+")) and (inner := _bold(text)):
        return (Line(LineKind.HEADING, inner, BOLD_LEVEL),)
    if found := _ITEM.match(text):
        return _of(LineKind.BULLET, text[found.end() :])
    line = typed(text)
    return (line,) if line else ()


def _bold(text: str) -> str:
    """What a line says when all of it is bold, underlined or both; else nothing."""
    inner = text
    for mark in ("+", "_"):
        inner = bold_only(inner, mark) or inner
    return bold_only(inner, "*") or (inner if inner != text and text[0] == "+" else "")


def _of(kind: LineKind, text: str) -> Lines:
    text = one_space(text)
    return (Line(kind, text),) if text else ()


def _unmarked(text: str) -> str:
    """A heading or cell without the marks of emphasis around it."""
    return one_space(text).strip("*_+").strip()
