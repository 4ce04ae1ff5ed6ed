"""
What a whole text must hold before it is worth looking at line by line.

Each gate is one expression over all lines of a text, and answers in about two nanoseconds a character. A gate may say
yes too often, but never no where something stands: the labelled texts and the hostile ones are read with and without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from safesync.facts.text.lexicon import Family, Lexicon, Step, is_ideographic
from safesync.facts.text.line import SIGNS
from safesync.facts.text.signs import matcher

Gate = Callable[[str], bool]

_NO_WORD = r"[^a-z0-9]"
_LEAD = r"(?m:^)[^a-z\n]*(?:[ivx]{1,4}[.)]\s+[^a-z\n]*)?"
"""What may stand before the words of a heading: signs, a number, a Roman one."""
_TAIL = r"[^a-z0-9\n]*(?:[:(]|(?m:$))"
_SENTENCE = r"(?:(?m:^)|[.!?>(\[\-\x{2013}\x{2014}\x{2022}/:,\x{3002}\x{ff0c}\x{ff1a}])[ *_\"'`#~]*"


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """All take the text in lower case, except ``keys``."""

    anything: Gate
    """Any of the below but ``headings`` and ``placeholders``: half of all texts hold nothing, and are asked once instead of six times."""
    headings: Gate
    """A heading of any section that is known."""
    criteria: Gate
    """A heading of criteria, or words for them that may stand inside a line."""
    phrases: Gate
    """Words for criteria that may stand inside a line or between other words of a heading."""
    keys: Gate
    """``AC:``, ``AC1`` at the beginning of a line, as it is written."""
    benefits: Gate
    """A heading of benefits."""
    sentences: Gate
    """A sentence that may name a benefit."""
    scenarios: Gate
    """The beginning of a scenario; whether its end stands there too is for ``Lexicon.consequence_signs``."""
    placeholders: Gate
    """A line that may say nothing of its own."""
    roles: Gate
    """A role that a story may speak for."""


@cache
def gates(words: Lexicon) -> Gates:
    """The gates of a lexicon."""
    criteria = [label for label, family in words.labels.items() if family in {Family.ACCEPTANCE, Family.DONE}]
    phrases = _any(_spaced(label) for label in criteria if len(label) >= _SHORTEST_PHRASE or not label.isascii())
    keys = f"{_headings(words.keys)}|{_numbered(words.numbered_keys)}"
    benefits = _headings(label for label, family in words.labels.items() if family is Family.BENEFIT)
    low_keys = f"{_headings(map(str.lower, words.keys))}|{_numbered(map(str.lower, words.numbered_keys))}"
    known = f"{_headings(criteria)}|{phrases}"
    return Gates(
        anything=matcher("|".join((known, low_keys, benefits, _sentences(words), _scenarios(words), _roles(words)))),
        headings=matcher(_headings(words.labels)),
        criteria=matcher(known),
        phrases=matcher(phrases),
        keys=matcher(keys),
        benefits=matcher(benefits),
        sentences=matcher(_sentences(words)),
        scenarios=matcher(_scenarios(words)),
        placeholders=matcher(_placeholders(words)),
        roles=matcher(_roles(words)),
    )


_SHORTEST_PHRASE = 10


def _any(patterns: Iterable[str]) -> str:
    # Something that is in no text, where a lexicon has no words of a kind: an empty choice would be in every text.
    return "(?:" + ("|".join(dict.fromkeys(patterns)) or r"\z.") + ")"


def _spaced(phrase: str) -> str:
    return r"[\s()/]+".join(map(re.escape, phrase.split()))


def _whole(phrases: Iterable[str]) -> str:
    """Any of the phrases, none of them a part of a longer word."""
    some = list(phrases)
    spaced = [re.escape(phrase) for phrase in some if not is_ideographic(phrase)]
    return _any([f"(?:^|{_NO_WORD}){_any(spaced)}(?:$|{_NO_WORD})", *(re.escape(phrase) for phrase in some if is_ideographic(phrase))])


def _headings(labels: Iterable[str]) -> str:
    return f"{_LEAD}{_any(map(re.escape, labels))}{_TAIL}"


def _numbered(keys: Iterable[str]) -> str:
    return rf"(?m:^)[\[(*_]{{0,3}}{_any(map(re.escape, keys))}[ _#.-]{{0,2}}\d"


def _sentences(words: Lexicon) -> str:
    named = (*words.purposes, *words.beliefs)
    elided = _any(re.escape(phrase) for phrase in named if phrase.endswith("'"))
    condition = rf"(?:(?m:^)|\. )[*_\-\"' ]*{_any(map(re.escape, words.conditions))}[^\n]*{_any(map(re.escape, words.consequences))}"
    return f"{_whole(named)}|{elided}|{condition}"


def _scenarios(words: Lexicon) -> str:
    beginnings = [one for some in words.steps.values() for one in some if one.step in {Step.GIVEN, Step.SCENARIO}]
    joined = [one for one in words.ideographic_steps if one.step in {Step.GIVEN, Step.SCENARIO}]
    firsts = _any(re.escape(one.phrase) for one in (*beginnings, *joined))
    return rf"(?m:^)[*_\"'`(\[]{{0,4}}{firsts}"


def _placeholders(words: Lexicon) -> str:
    signs = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in SIGNS) + "]*"
    said = _any(map(re.escape, (*words.placeholders, *words.template_words)))
    items = rf"{_any(map(re.escape, words.template_words))} ?\#?(?:\d{{1,2}}|[a-z])"
    starts = _any(map(re.escape, words.placeholder_starts))
    asked = rf"{_any(map(re.escape, words.template_openers))}[^\n]*{_any(map(re.escape, words.template_closers))}"
    whole = f"(?m:^){signs}(?:{_any([said, items, asked])}?{signs}(?m:$)|{starts})"
    token = r"(?:<[^<>\n]+>|\[[^\[\]\n]+\]|\{[^{}\n]+\}|___|\.\.\.)"
    nothing = f"(?:{_any(map(re.escape, words.empty_words))}|[^a-z\\n]|{token})*"
    return f"{whole}|(?m:^){nothing}{token}{nothing}(?m:$)"


def _roles(words: Lexicon) -> str:
    return f"{_SENTENCE}{_any(map(re.escape, words.named('story_role')))}|{_any(map(re.escape, words.named('story_role_suffix')))}"
