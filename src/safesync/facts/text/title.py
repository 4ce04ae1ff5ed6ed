"""Whether a title says something."""

from __future__ import annotations

from enum import StrEnum

from safesync.facts.text import words
from safesync.facts.text.lexicon import lexicon, words_under
from safesync.facts.text.line import lowered, one_space
from safesync.facts.text.placeholder import is_placeholder

_FEWEST_WORDS = 2


class TitleVerdict(StrEnum):
    """From nothing to a title that says something."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    WEAK = "weak"
    """A single word."""
    OK = "ok"


def verdict(title: str) -> TitleVerdict:
    """How good a title looks that is ``clean``."""
    text = one_space(title)
    if not text:
        return TitleVerdict.EMPTY
    bare = lowered(text).strip(" .:-_*#()[]<>0123456789")
    if bare in words_under(lexicon(), "titles") or is_placeholder(text):
        return TitleVerdict.PLACEHOLDER
    return TitleVerdict.OK if words.in_text(text) >= _FEWEST_WORDS else TitleVerdict.WEAK
