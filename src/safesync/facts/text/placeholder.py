"""Lines that stand for a text that nobody wrote: TBD, "Criterion 1", tokens of a template that were never filled."""

from __future__ import annotations

import re
from functools import lru_cache

from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Lexicon, is_ideographic, lexicon
from safesync.facts.text.line import SIGNS, lowered
from safesync.facts.text.signs import Signs
from safesync.facts.text.words import in_text

LONGEST = 200
"""A longer line says something."""
_LONGEST_START = 80
_FEW_WORDS = 12
_TOKEN = re.compile(r"<[^<>]{1,80}>|\[[^\[\]]{0,80}\]|\{[^{}]{0,80}\}|_{3,}|\.{3,}")
_TOKEN_SIGNS = Signs(("<", "[", "{", "___", "..."))
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"(.{1,30}?) ?#?(?:\d{1,2}|[a-z])")


def is_placeholder(text: str) -> bool:
    """Whether a line says nothing of its own. A line of signs alone is one too."""
    return len(text) <= LONGEST and gates(lexicon()).placeholders("\n" + lowered(text)) and says_nothing(text, lexicon())


def is_left_open(text: str) -> bool:
    """Whether somebody says that nothing is written yet ('tbd'); a hint of a template, signs and 'see below' may have it below them."""
    words, first = lexicon(), lowered(text).lstrip(SIGNS).partition(" ")[0]
    return first != "" and first not in words.template_openers and first not in words.named("references") and is_placeholder(text)


def unsaid_lines(gated: str) -> frozenset[int] | set[int]:
    """The numbers of the lines of a text that have words and yet say nothing; ``gated`` is the text as gates take it."""
    words = lexicon()
    gate = gates(words)
    has_unsaid, has_tokens = gate.unsaid(gated), gate.tokens(gated)
    if not has_unsaid and not has_tokens:
        return _NONE
    return {
        at
        for at, low in enumerate(gated[1:].split("\n"))
        if (
            (has_unsaid and len(low) <= _LONGEST_START and gate.unsaid("\n" + low))
            or (has_tokens and len(low) <= LONGEST and _has_token(low) and gate.tokens("\n" + low))
        )
        and says_nothing(low, words)
    }


_NONE: frozenset[int] = frozenset()


def _has_token(low: str) -> bool:
    return "<" in low or "[" in low or "{" in low or "..." in low or "___" in low


@lru_cache(maxsize=2_048)
def says_nothing(text: str, words: Lexicon) -> bool:
    """The same of a line that the gate lets through; kept, for such lines are a template's or a bracket, and stand in many items."""
    low = lowered(text)
    if len(text) > _LONGEST_START:
        return _is_unfilled(text, words)
    bare = low.strip(SIGNS)
    if len(bare) < 2 or bare in words.placeholders or bare in words.template_words:
        return True
    first = bare.partition(" ")[0]
    if (first in words.placeholder_first_words or is_ideographic(first)) and _begins(bare, words):
        return True
    return _is_template_item(bare, words) or (first in words.template_openers and _is_instruction(bare, words)) or _is_unfilled(text, words)


def _begins(bare: str, words: Lexicon) -> bool:
    """'TBD by the Product Owner' goes on for a few words; a sentence that begins alike says more."""
    if in_text(bare) > _FEW_WORDS or "://" in bare:
        return False
    return any(bare.startswith(start) and _ends_behind(start, bare) for start in words.placeholder_starts)


def _ends_behind(start: str, bare: str) -> bool:
    return is_ideographic(start) or not bare[len(start) : len(start) + 1].isalnum()


def _is_template_item(bare: str, words: Lexicon) -> bool:
    found = _NUMBERED.fullmatch(bare) if len(bare) <= 36 and (bare[-1].isdigit() or bare[-2:-1] in " #") else None
    return found is not None and found[1].rstrip() in words.template_words


def _is_instruction(bare: str, words: Lexicon) -> bool:
    """'Enter the criteria here', 'hier Kriterien eintragen'."""
    rest = bare.partition(" ")[2]
    return bool(rest) and rest.rsplit(" ", 1)[-1] in words.template_closers


def without_tokens(text: str) -> str:
    """The text without the tokens of a template: ``As a <role>`` is ``As a``."""
    return _TOKEN.sub(" ", text) if _TOKEN_SIGNS.holds(text) else text


def _is_unfilled(text: str, words: Lexicon) -> bool:
    """'Given <context>, when <action>, then <outcome>': nothing is left when the tokens are taken out."""
    if not _TOKEN_SIGNS.holds(text) or "://" in text:
        return False
    rest, tokens = _TOKEN.subn(" ", lowered(text))
    return bool(tokens) and all(word in words.empty_words for word in _WORD.findall(rest))
