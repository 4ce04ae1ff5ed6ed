"""Texts that facts put together from phrases of ours, said in another language piece by piece."""

from __future__ import annotations

import re
from functools import lru_cache

from safesync.languages.tongue import ENGLISH, Tongue

_NAME = re.compile(r"\{(\w+)\}")
_OF_PHRASES = frozenset({"one", "more", "found", "field", "description", "kind", "horizon", "source"})
"""Under these names a phrase holds what is itself a phrase; under any other stands what people wrote, or a number."""


def translated(text: str, phrases: tuple[str, ...], tongue: Tongue) -> str:
    """
    The text in a language; the first phrase that fits counts, and phrases that stand in it are said by the same phrases.

    What none of them fits stays as it is.
    """
    if tongue == ENGLISH:
        return text
    for phrase, pattern in _patterns(phrases):
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            return tongue.say(phrase, **parts | {name: translated(parts[name], phrases, tongue) for name in parts.keys() & _OF_PHRASES})
    return text


@lru_cache(maxsize=256)
def _patterns(phrases: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((phrase, _pattern(phrase)) for phrase in phrases)


def _pattern(phrase: str) -> re.Pattern[str]:
    """A name stands for as little as it can: of ``{one}; {more}`` the one is the first of many."""
    pieces = _NAME.split(phrase)
    return re.compile("".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)), re.DOTALL)
