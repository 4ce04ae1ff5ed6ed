"""
What a whole text must hold before it is worth looking at line by line.

Each gate is one expression over all lines of a text, and answers in about two nanoseconds a character; where all that it looks
for begins a line, in half of one, for it goes from line break to line break. A gate may say yes too often, but never no where
something stands: the labelled texts and the hostile ones are read with and without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from safesync.facts.text.lexicon import Family, Lexicon, Step
from safesync.facts.text.line import SIGNS
from safesync.facts.text.signs import Signs, by_letters, either, matcher, shortest

Gate = Callable[[str], bool]
PORTFOLIO = ("epic_outcomes", "epic_indicators", "nfr", "mvp", "business_case")
"""What the headings stand under in the lexicons."""

_SENTENCES = ("done_sentences", "conditions_follow", "criteria_follow")
"""Those that criteria stand in or below without a heading."""

_LEAD = r"\n[^a-z\n]*(?:[ivx]{1,4}[.)]\s+[^a-z\n]*)?"
"""What may stand before the words of a heading: signs, a number, a Roman one."""
_TAIL = r"(?: ?#?[0-9]{1,2})?[^a-z0-9\n]*(?:[:(]|(?m:$))"
_SENTENCE = r"(?:(?m:^)|[.!?>(\[\-\x{2013}\x{2014}\x{2022}/:,\x{3002}\x{ff0c}\x{ff1a}])[ *_\"'`#~]*"


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """All take the text in lower case, except ``keys``, behind a line break: what begins a line stands behind one."""

    anything: Gate
    """Any of what the others look for but placeholders, portfolios and headings that nobody asks for: most texts hold nothing."""
    phrases: Gate
    """Words for criteria that may stand inside a line or between other words of a heading."""
    promises: Gate
    """Words that name a benefit in any sentence."""
    headings: Gate
    """A heading of any section that is known."""
    criteria: Gate
    """A heading of criteria, ``phrases``, or ``keys`` in any case."""
    keys: Gate
    """``AC:``, ``AC1`` at the beginning of a line, as it is written."""
    benefits: Gate
    """A heading of benefits."""
    hopes: Gate
    """``promises``, or a sentence that begins with a condition, on a line that names a consequence too."""
    portfolio: Gate
    """A heading that only rules of portfolios ask for."""
    scenarios: Gate
    """The beginning of a scenario; whether its end stands there too is for ``Lexicon.consequence_signs``."""
    sentences: Gate
    """The beginning of a scenario behind another sentence."""
    blanks: Gate
    """A line that is a placeholder or begins like one, or of one sign at most."""
    unsaid: Gate
    """The same of lines that have a word: code is full of lines of signs."""
    tokens: Gate
    """A line of tokens that nobody filled in, and words that say nothing."""
    roles: Gate
    """A role that a story may speak for."""

    def placeholders(self, low: str) -> bool:
        """Whether a line may say nothing of its own. As one expression it has more states than are kept, and is ten times as slow."""
        return self.blanks(low) or self.tokens(low)


@cache
def gates(words: Lexicon) -> Gates:
    """The gates of a lexicon."""
    criteria = _criteria(words)
    phrases = (*filter(_is_phrase, criteria), *(phrase for name in _SENTENCES for phrase in words.named(name)))
    promises = (*words.purposes, *words.beliefs)
    benefits = [label for label, family in words.labels.items() if family is Family.BENEFIT]
    low_keys = [key.lower() for key in words.keys]
    numbered = _numbered(map(str.lower, words.numbered_keys))
    begun = f"{_headings((*criteria, *low_keys), low_keys)}|{numbered}"
    inside, named = Signs(phrases).holds, Signs(promises).holds
    plain = _any(map(re.escape, shortest((*promises, *filter(str.isascii, phrases)))))
    others = f"{_headings(benefits)}|{_scenarios(words)}|{_conditions(words)}|{_roles(words)}"
    return Gates(
        anything=by_letters(matcher(f"{begun}|{others}|{plain}"), inside),
        phrases=inside,
        promises=named,
        headings=matcher(_headings(words.labels)),
        criteria=either(matcher(begun), inside),
        keys=matcher(f"{_headings(words.keys, words.keys)}|{_numbered(words.numbered_keys)}"),
        benefits=matcher(_headings(benefits)),
        hopes=either(named, matcher(_conditions(words))),
        portfolio=matcher(_headings(phrase for name in PORTFOLIO for phrase in words.named(name))),
        scenarios=matcher(_scenarios(words)),
        sentences=matcher(_sentences(words)),
        blanks=matcher(f"{_LINE_OF_SIGNS}|{_unsaid(words)}"),
        unsaid=matcher(_unsaid(words)),
        tokens=matcher(_tokens(words)),
        roles=matcher(_roles(words)),
    )


_SHORTEST_PHRASE = 10


def _criteria(words: Lexicon) -> list[str]:
    return [label for label, family in words.labels.items() if family in {Family.ACCEPTANCE, Family.DONE}]


def _is_phrase(label: str) -> bool:
    return len(label) >= _SHORTEST_PHRASE or not label.isascii()


def _any(patterns: Iterable[str]) -> str:
    # Something that is in no text, where a lexicon has no words of a kind: an empty choice would be in every text.
    return "(?:" + ("|".join(dict.fromkeys(patterns)) or r"\z.") + ")"


def _headings(labels: Iterable[str], open_ones: Iterable[str] = ()) -> str:
    """``open_ones`` need no colon behind them: 'AC tbd'."""
    return f"{_LEAD}(?:{_any(map(re.escape, labels))}{_TAIL}|{_any(map(re.escape, open_ones))} )"


def _numbered(keys: Iterable[str]) -> str:
    return rf"\n[\[(*_]{{0,3}}{_any(map(re.escape, keys))}[ _#.-]{{0,2}}\d"


def _conditions(words: Lexicon) -> str:
    return rf"(?:\n|\. )[*_\-\"' ]*{_any(map(re.escape, words.conditions))}[^\n]*{_any(map(re.escape, words.consequences))}"


def _scenarios(words: Lexicon) -> str:
    beginnings = [one for some in words.steps.values() for one in some if one.step in {Step.GIVEN, Step.SCENARIO}]
    joined = [one for one in words.ideographic_steps if one.step in {Step.GIVEN, Step.SCENARIO}]
    firsts = _any(re.escape(one.phrase) for one in (*beginnings, *joined))
    return rf"\n[*_\"'`(\[]{{0,4}}{firsts}|{_sentences(words)}"


def _sentences(words: Lexicon) -> str:
    givens = _any(re.escape(one.phrase) for some in words.steps.values() for one in some if one.step is Step.GIVEN)
    return rf"[.!?:] [*_\"']{{0,3}}{givens}"


_SIGNS = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in SIGNS) + "]*"
_LINE_OF_SIGNS = rf"\n{_SIGNS}[^\n]?{_SIGNS}(?m:$)"
_ONE_LETTER = r"\w"


def _unsaid(words: Lexicon) -> str:
    said = _any(map(re.escape, (*words.placeholders, *words.template_words)))
    items = rf"{_any(map(re.escape, words.template_words))} ?\#?(?:\d{{1,2}}|[a-z])"
    starts = _any(map(re.escape, words.placeholder_starts))
    asked = rf"{_any(map(re.escape, words.template_openers))}[^\n]*{_any(map(re.escape, words.template_closers))}"
    return rf"\n{_SIGNS}(?:{_any([said, items, asked, _ONE_LETTER])}{_SIGNS}(?m:$)|{starts})"


def _tokens(words: Lexicon) -> str:
    filler = r"(?:<[^<>\n]*>|\[[^\[\]\n]*\]|\{[^{}\n]*\}|___|\.\.\.)"
    rest = rf"(?:[^\p{{L}}\n]|{_any(map(re.escape, words.empty_words))}|{filler})*"
    return rf"\n{rest}{filler}{rest}(?m:$)"


def _roles(words: Lexicon) -> str:
    return f"{_SENTENCE}{_any(map(re.escape, words.named('story_role')))}|{_any(map(re.escape, words.named('story_role_suffix')))}"
