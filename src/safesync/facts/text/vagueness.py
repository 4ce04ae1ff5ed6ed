"""Words that nobody can check, and what makes them checkable after all."""

from __future__ import annotations

import re
from functools import cache

from safesync.facts.text.lexicon import Lexicon, is_ideographic, lexicon
from safesync.facts.text.line import lowered
from safesync.facts.text.signs import Signs
from safesync.facts.text.words import in_text

_EXACT = re.compile(r"[\d%\"`\u20ac$<>=]|[a-z][A-Z]|[A-Za-z]_[A-Za-z]|\w\(\)|/\w")
"""A number, a unit, quoted words of a screen, a name out of the code, a path."""
_WORDS_OF_A_SUBJECT = 2
"""What is said to be fast or easy, or to be done correctly: 'the mails are sent correctly'."""
_WORD = re.compile(r"[^\W\d_]+")


def is_exact(text: str) -> bool:
    """Whether a text names something that can be checked as it stands."""
    return _EXACT.search(text) is not None


def is_vague(text: str) -> bool:
    """Whether a criterion has a vague word and nothing that can be measured."""
    low, words = lowered(text), lexicon()
    if not _signs(words).holds(low) or is_exact(text):
        return False
    return _vague(words).search(low) is not None and _comparison(words).search(low) is None


def says_nothing_else(text: str) -> bool:
    """Whether a criterion is nothing but vague phrases: 'works as expected', 'the dashboard is user-friendly'."""
    low, words = lowered(text), lexicon()
    if not _signs(words).holds(low) or is_exact(text) or (first := _vague(words).search(low)) is None:
        return False
    subject = [word for word in _WORD.findall(low[: first.start()]) if word not in words.fillers]
    rest = _vague(words).sub(" ", low[first.end() :])
    return in_text(" ".join(subject)) <= _WORDS_OF_A_SUBJECT and all(word in words.fillers for word in _WORD.findall(rest))


@cache
def _signs(words: Lexicon) -> Signs:
    """Looking for these first takes a tenth of the time of the expression, and most lines have none."""
    return Signs(words.vague)


@cache
def _vague(words: Lexicon) -> re.Pattern[str]:
    return _any_of(words.vague)


@cache
def _comparison(words: Lexicon) -> re.Pattern[str]:
    return _any_of(words.comparisons)


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the phrases as whole words; in scripts without spaces anywhere."""
    spaced = "|".join(re.escape(phrase) for phrase in phrases if not is_ideographic(phrase))
    joined = "|".join(re.escape(phrase) for phrase in phrases if is_ideographic(phrase))
    return re.compile(rf"\b(?:{spaced})\b" + (f"|{joined}" if joined else ""))
