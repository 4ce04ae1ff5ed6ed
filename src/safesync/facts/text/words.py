"""How many words for people a text has."""

from __future__ import annotations

import re

from safesync.facts.text import placeholder
from safesync.facts.text.line import LineKind, Lines

_WORD = re.compile(r"[^\W\d_][\w']*")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_IDEOGRAPHS_A_WORD = 2


def in_text(text: str) -> int:
    """Real words of a text: no numbers, no signs, an address counts for nothing; two ideographs are about a word."""
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    if text.isascii():
        return len(_WORD.findall(text))
    ideographs = _IDEOGRAPHS.findall(text)
    if ideographs:
        text = _IDEOGRAPHS.sub(" ", text)
    return len(_WORD.findall(text)) + sum(1 + (len(run) - 1) // _IDEOGRAPHS_A_WORD for run in ideographs)


def count(lines: Lines) -> int:
    """Real words of a text without its headings, its code and what nobody filled in."""
    return in_text("\n".join(line.text for line in lines if line.kind not in _WORDLESS and not placeholder.is_placeholder(line.text)))


_WORDLESS = frozenset({LineKind.HEADING, LineKind.CODE})
