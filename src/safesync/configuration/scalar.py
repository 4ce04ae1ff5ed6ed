"""Where a character of a YAML scalar's value stands in the file, in each of the five ways of writing a scalar."""

from __future__ import annotations

import re

from ruamel.yaml.nodes import ScalarNode

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\n[ \t]*|.)", re.DOTALL)


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a character of a text."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def place_inside(text: str, node: ScalarNode, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of the ``offset``-th character of a scalar's value."""
    at, end = _content(text, node)
    value = str(node.value)
    indent = _indent(text, node) if node.style in {"|", ">"} else 0
    for character in value[:offset]:
        at = _after(text, at, character, node.style, indent)
    at = _past_folds(text, at, value[offset : offset + 1])
    return line_and_column(text, min(at, end))


def _content(text: str, node: ScalarNode) -> tuple[int, int]:
    """Where the value begins, behind quotes or the line of a block's sign, and where it ends."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in {"|", ">"}:
        # After the sign may stand a comment, and before the first line empty ones.
        first = text.find("\n", start) + 1
        return first + _indent(text, node), end
    return start + (1 if node.style else 0), end


def _indent(text: str, node: ScalarNode) -> int:
    lines = text[text.find("\n", node.start_mark.index) + 1 :].split("\n")
    first = next((line for line in lines if line.strip()), "")
    return len(first) - len(first.lstrip(" ")) - (len(str(node.value)) - len(str(node.value).lstrip(" ")))


def _after(text: str, at: int, character: str, style: str | None, indent: int) -> int:
    """The place behind the notation of one character of the value."""
    at = _past_folds(text, at, character)
    if style == "'" and text.startswith("''", at):
        return at + 2
    if style == '"' and (found := _ESCAPE.match(text, at)):
        if found[1].startswith("\n"):  # a line that is carried on: it stands for nothing
            return _after(text, found.end(), character, style, indent)
        return found.end()
    if character in " \n" and style != "|" and (fold := re.compile(r"[ \t]*\n").match(text, at)):
        return _over_fold(text, fold.end(), character, style, indent)
    if text[at : at + 1] == "\n":
        return at + 1 + indent
    return at + 1


def _over_fold(text: str, at: int, character: str, style: str | None, indent: int) -> int:
    """Behind a line's end that stands for a space, or for as many line ends as empty lines follow."""
    if character == "\n" and style != ">":
        # Of n + 1 line ends in the file n are in the value: the first one is the fold.
        at = text.find("\n", at) + 1
    if style == ">":
        return at + min(indent, len(text) - len(text[at:].lstrip(" ")) - at)
    return at + len(text[at:]) - len(text[at:].lstrip(" \t"))


def _past_folds(text: str, at: int, character: str) -> int:
    """A character that is no blank stands behind any line ends and indentation that are left."""
    if character and not character.isspace():
        while text[at : at + 1] in {"\n", " "} and text[at : at + 1]:
            at += 1
    return at
