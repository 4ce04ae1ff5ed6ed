"""Lines of a template that tell what criteria are, left under their heading: "Describe the conditions that must be met"."""

from __future__ import annotations

import re
from functools import cache

from safesync.facts.text.lexicon import Lexicon, Phrases, lexicon, words_under
from safesync.facts.text.line import SIGNS, lowered
from safesync.facts.text.placeholder import without_tokens
from safesync.facts.text.signs import Signs

_FEWEST_WORDS = 4
"""Fewer are a title or a vague phrase."""
_FEWEST_OWN, _FEWEST_KNOWN = 2, 3
_MOST_OF_AN_ITEM = 3
_MOSTLY = 2 / 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_ASIDE = re.compile(r"\([^()]*\)")


def instructs(text: str) -> bool:
    """
    Whether a line speaks of criteria themselves rather than of what is built.

    No word of it is one of a product: 'This can be verified to show that the story is done'. Where it sets out to explain,
    with 'Describe ...' or 'Acceptance criteria are ...', or tells the reader what to write, a few words of its own change nothing.
    """
    words = lexicon()
    low = lowered(text).strip(SIGNS)
    said = _words(low)
    if len(said) <= _MOST_OF_AN_ITEM and said and said[0] in words_under(words, "ordinals"):
        return said[-1] in words.template_words
    explains = low.startswith((*words.acceptance_phrases, *_begun(words, "instruction_openers"))) or _asks_for_criteria(low, said, words)
    if not explains and not _named(words).holds(low):
        return False
    explains = explains or not words_under(words, "instruction_readers").isdisjoint(said)
    own = [word for word in said if word not in words.empty_words]
    if len(said) < (_FEWEST_OWN if explains else _FEWEST_WORDS) or len(own) < _FEWEST_OWN:
        return False
    known = sum(map(_known(words.named("instruction_words")), own))
    return known == len(own) or (explains and known >= _FEWEST_KNOWN and known >= _MOSTLY * len(own))


def _asks_for_criteria(low: str, said: list[str], words: Lexicon) -> bool:
    """'List the conditions ...', 'Bulleted list of requirements ...'; not 'List shows the conditions'."""
    if not low.startswith(_begun(words, "instruction_verbs")) or words_under(words, "instruction_nouns").isdisjoint(said):
        return False
    predicates, joints = words_under(words, "predicates"), words.empty_words
    return not any(word in predicates and (at == 0 or said[at] not in joints) for at, word in enumerate(said[1:4]))


def goes_on(text: str) -> bool:
    """Whether a line below such a one, maybe the rest of its sentence, has no word of a product either."""
    words, said = lexicon(), _words(lowered(text))
    known = _known(words.named("instruction_words"))
    return said != [] and all(word in words.empty_words or known(word) for word in said)


def _words(low: str) -> list[str]:
    return _WORD.findall(_ASIDE.sub(" ", without_tokens(low)))


def may_instruct(low: str) -> bool:
    """Whether any line of a text may do so."""
    return _may(lexicon()).holds(low)


@cache
def _named(words: Lexicon) -> Signs:
    return Signs(words.named("instruction_subjects"))


@cache
def _begun(words: Lexicon, name: str) -> Phrases:
    return tuple(f"{phrase} " for phrase in words.named(name))


@cache
def _may(words: Lexicon) -> Signs:
    names = ("instruction_subjects", "instruction_openers", "instruction_verbs", "ordinals")
    return Signs((*words.acceptance_phrases, *(phrase for name in names for phrase in words.named(name))))


class _Known:
    """Whether a word is one of those that only talk about criteria; ``accept*`` stands for all that begin so."""

    def __init__(self, phrases: Phrases) -> None:
        self._whole = frozenset(phrase for phrase in phrases if not phrase.endswith("*"))
        self._stems = tuple(phrase[:-1] for phrase in phrases if phrase.endswith("*"))

    def __call__(self, word: str) -> bool:
        return word in self._whole or word.startswith(self._stems)


@cache
def _known(phrases: Phrases) -> _Known:
    return _Known(phrases)
