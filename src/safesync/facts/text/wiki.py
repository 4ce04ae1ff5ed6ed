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
    is_tidy,
    new,
    one_space,
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
_MARKS = ("*", "+", "_", "-")


def lines(text: str) -> Lines:
    """The lines of a wiki text, macros and links reduced to what people read."""
    found: list[Line] = []
    code, text = "", unflatten(cleaned(text))
    braced, tidy = "{" in text, is_tidy(text)
    for raw in within_reason(text):
        if braced and "{" in raw:
            code = _braced(raw, code, found)
        elif line := raw.strip():
            # Most lines are code, prose or an item of a list, and need no more than this.
            first = line[0]
            if code:
                found.append(new(Line, (CODE, line if tidy else one_space(line), 0)))
            elif "!" in line or ("|" in line and (first == "|" or "[" in line)):
                found += _read(line)
            elif first.isalpha() and first != "h" and line[1:2] not in _AFTER_A_LETTER:
                found.append(new(Line, (PARAGRAPH, line if tidy else one_space(line), 0)))
            elif first in _BULLETS and line[1:2] == " " and line[2:3] not in _NO_ITEM:
                found.append(new(Line, (BULLET, line[2:] if tidy else one_space(line[2:]), 0)))
            else:
                found += _read(line)
    return tuple(found)


_AFTER_A_LETTER = {".", ")"}
_BULLETS = {"*", "#", "-"}
_NO_ITEM = {" ", "\t", "(", "["}


def _braced(raw: str, code: str, found: list[Line]) -> str:
    """Take in a line with macros, or one of a code block; gives the name of the block that is open after it."""
    if code:
        return _code_line(raw, code, found)
    opened = _CODE.search(raw)
    if opened and raw.find("{" + opened[1] + "}", opened.end()) < 0:
        found += _read(raw[: opened.start()])
        found += _code(raw[opened.end() :])
        return opened[1]
    found += _read(raw)
    return ""


def _code_line(raw: str, code: str, found: list[Line]) -> str:
    """Take a line of a code block in; gives the name of the block that is still open after it."""
    before, end, after = raw.partition("{" + code + "}")
    found += _code(before)
    if after:
        found += _read(after)
    return "" if end else code


def _code(raw: str) -> Lines:
    text = one_space(raw)
    return (Line(LineKind.CODE, text),) if text else ()


def _read(raw: str) -> Lines:
    text = raw.strip()
    if not text or not text.strip("-"):
        return ()
    titles: Lines = ()
    if "{" in text:
        titles = tuple(Line(LineKind.HEADING, one_space(title), BOLD_LEVEL) for title in _TITLED.findall(text))
        text = _MONOSPACED.sub(r"`\1`", _MACRO.sub("", text).strip())
    if "[" in text and "|" in text:
        text = _LINK.sub(r"\1", text)
    if "!" in text:
        text = _IMAGE.sub("", text)
    if text.startswith("|"):
        return titles + tuple(Line(LineKind.BULLET, cell) for part in text.split("|") if (cell := _unmarked(part)))
    return titles + _line(text)


def _line(text: str) -> Lines:
    if found := _HEADING.match(text):
        inner = _unmarked(text[found.end() :])
        return (Line(LineKind.HEADING, inner, int(found[1])),) if inner else ()
    return _of(LineKind.PARAGRAPH, text) if is_prose(text) else _signed(text)


def _signed(text: str) -> Lines:
    """A line that may begin with the sign of a list."""
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
