"""How many words for people a text has."""

from __future__ import annotations

import re

from safesync.facts.text import placeholder
from safesync.facts.text.line import LineKind, Lines

_WORD = re.compile(r"[^\W\d_][\w']*")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_IDEOGRAPHS_A_WORD = 2
_LETTERS = bytes(ord("a") if chr(code).isalpha() else ord(" ") for code in range(128)) + b" " * 128
_INSIDE = b"0123456789_'"
"""ASCII letters made alike and the signs that go on with a word left out: words are what then begins (20 times as quick as ``_WORD``)."""


def in_text(text: str) -> int:
    """Real words of a text: no numbers, no signs, an address counts for nothing; two ideographs are about a word."""
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    if text.isascii():
        return (b" " + text.encode().translate(_LETTERS, _INSIDE)).count(b" a")
    ideographs = _IDEOGRAPHS.findall(text)
    if ideographs:
        text = _IDEOGRAPHS.sub(" ", text)
    return len(_WORD.findall(text)) + sum(1 + (len(run) - 1) // _IDEOGRAPHS_A_WORD for run in ideographs)


def count(lines: Lines) -> int:
    """Real words of a text without its headings, its code and what nobody filled in."""
    said = [line.text for line in lines if line.kind not in _WORDLESS and not placeholder.is_placeholder(line.text)]
    text = "\n".join(said)
    return in_text(text) if text.isascii() else sum(map(in_text, said))


_WORDLESS = frozenset({LineKind.HEADING, LineKind.CODE})
