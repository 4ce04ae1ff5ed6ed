"""Scenarios in Given, When, Then, in the languages people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Beginning, Lexicon, Step, lexicon, words_under
from safesync.facts.text.line import Line, LineKind, Lines, lowered
from safesync.facts.text.placeholder import is_placeholder

_FIRST = re.compile(r"[*_\"'`(\[]{0,4}((?:[^\W\d_]|[.\-]){1,24}'?)")
_JOINTS = str.maketrans(dict.fromkeys(",;*_", " "))
_END_OF_SENTENCE = re.compile(r"[.!?] ")
_LONGEST_JOINT = 12
_SIGNS_OF_A_STEP = 4
"""A step with no more characters than these behind its word says what it says on the next lines."""
_FARTHEST = 12
"""Lines between the beginning of a scenario and its Then; farther apart they are prose."""


def step_of(text: str, words: Lexicon) -> Beginning | None:
    """What step a line begins with, ``None`` when it is none."""
    if not text.isascii() and (found := next((one for one in words.ideographic_steps if text.startswith(one.phrase)), None)):
        return found
    first = _FIRST.match(text)
    if first is None:
        return None
    beginnings = words.steps.get(lowered(first[1]))
    return _longest(lowered(text[first.start(1) : first.start(1) + 40]), beginnings) if beginnings else None


def _longest(low: str, beginnings: tuple[Beginning, ...]) -> Beginning | None:
    for one in beginnings:
        if low.startswith(one.phrase) and (one.phrase[-1] == "'" or not low[len(one.phrase) : len(one.phrase) + 1].isalnum()):
            languages = [other.languages for other in beginnings if other.step is one.step and low.startswith(other.phrase)]
            return one._replace(languages=frozenset().union(*languages))
    return None


def is_title(text: str, words: Lexicon) -> bool:
    """Whether a line is the title of a scenario."""
    found = step_of(text, words)
    return found is not None and found.step is Step.SCENARIO


@dataclass(slots=True)
class _Scenarios:
    """Finds scenarios in passing; a Then completes one of its own language that began with a Given or a title, and had a When."""

    words: Lexicon
    inside: bool
    """Whether one may begin in the middle of a line: not among criteria, of which each line is one."""
    found: list[Line] = field(default_factory=list)
    unfilled: int = 0
    complete: int = 0
    _begun: list[Line] = field(default_factory=list)
    _languages: frozenset[str] = frozenset()
    _when: bool = False
    _age: int = 0
    _goes_on_below: list[Line] | None = None
    """Where the line behind a bare 'Given' goes."""

    def take(self, line: Line) -> None:
        self._age += 1
        if self._age > _FARTHEST:
            self._begun.clear()
        found = step_of(line.text, self.words)
        if found is None:
            if self._goes_on_below is not None:
                self._goes_on_below.append(line)
            elif self.inside and line.kind is not LineKind.CODE and _told_inside(line.text, self.words):
                self._count([line])
            return
        self._take_step(line, found)
        into = self.found if self.found and self.found[-1] is line else self._begun
        self._goes_on_below = into if len(line.text) <= len(found.phrase) + _SIGNS_OF_A_STEP else None

    def _take_step(self, line: Line, found: Beginning) -> None:
        if found.step is Step.GIVEN and _is_told_at_once(line.text, found.languages, self.words):
            self._count([line])
        elif found.step in {Step.SCENARIO, Step.GIVEN} and self._is_new(found):
            self._begun, self._languages, self._age = [line], found.languages, 0
            self._when = found.step is Step.GIVEN and _goes_on(line.text, found.languages, self.words)
        elif self._begun and (found.step is Step.SCENARIO or self._languages & found.languages):
            self._go_on(line, found)

    def _is_new(self, found: Beginning) -> bool:
        """A Given after the title belongs to it; each title, and a Given after a When, begin anew."""
        return found.step is Step.SCENARIO or self._when or not self._begun or not self._languages & found.languages

    def _go_on(self, line: Line, found: Beginning) -> None:
        self._languages &= found.languages
        if (found.step is Step.THEN and self._when) or (
            found.step is Step.WHEN and _holds(line.text, self._languages, self.words, Step.THEN)
        ):
            self._count([*self._begun, line])
            self._when, self._begun, self._age = False, [line], 0
            return
        self._when = self._when or found.step is Step.WHEN
        self._begun.append(line)

    def _count(self, whole: list[Line]) -> None:
        if all(is_placeholder(part.text) or is_title(part.text, self.words) for part in whole):
            self.unfilled += 1
        else:
            self.complete += 1
            self.found += [part for part in whole if part not in self.found[-1:]]


@dataclass(frozen=True, slots=True)
class Scenarios:
    """How many scenarios stand in a text, how many of them are only a template, and the lines of the real ones."""

    complete: int = 0
    unfilled: int = 0
    lines: Lines = ()


def scenarios(lines: Lines, gated: str, *, inside: bool) -> Scenarios:
    """
    The scenarios of a text, line by line or in one sentence; ``gated`` is all of it as gates take it.

    ``inside`` says whether such a sentence may stand behind others.
    """
    words = lexicon()
    if not (words.consequence_signs.holds(gated) and gates(words).scenarios(gated)):
        return _NONE
    found = _Scenarios(words, inside=inside and gates(words).sentences(gated))
    for line in lines:
        found.take(line)
    return Scenarios(found.complete, found.unfilled, tuple(found.found))


_NONE = Scenarios()


def _holds(text: str, languages: frozenset[str], words: Lexicon, step: Step) -> bool:
    """Whether another step follows on the same line: 'When it ships, then a receipt is sent'."""
    low = lowered(text).translate(_JOINTS)
    return any(f" {phrase} " in low for phrase in _phrases(words, step, languages))


def _is_told_at_once(text: str, languages: frozenset[str], words: Lexicon) -> bool:
    """
    Whether a When and a Then follow on the line of a Given: 'Given a paid order, when it ships, then a receipt is sent'.

    Unless bold or capital letters make steps of them, they stand in the Given's own sentence, the Then begins a part of it ('and
    then' goes on with the one before), and nobody speaks for the team ('given its size, when we have time, then decide').
    """
    low, at, marked = lowered(text).translate(_JOINTS), 0, True
    for step in (Step.WHEN, Step.THEN):
        end = _sentence_end(text, at)
        places = (found for phrase in _phrases(words, step, languages) for found in _places(low, f" {phrase} ", at))
        at = min((one for one in places if _is_marked(text, one) or (one <= end and _begins_part(low, one, step, words))), default=-1)
        if at < 0:
            return False
        marked = marked and _is_marked(text, at)
    return marked or words_under(words, "team_voice").isdisjoint(low[: _sentence_end(text, at)].split())


def _sentence_end(text: str, at: int) -> int:
    stop = _END_OF_SENTENCE.search(text, at)
    return stop.start() if stop else len(text)


def _begins_part(low: str, at: int, step: Step, words: Lexicon) -> bool:
    return step is not Step.THEN or low[max(0, at - _LONGEST_JOINT) : at].rpartition(" ")[2] not in words_under(words, Step.AND)


def _is_marked(text: str, at: int) -> bool:
    """Whether a step behind a place is bold or begins with a capital letter."""
    return text[at] in "*_" or text[at + 1].isupper()


def _places(low: str, phrase: str, at: int) -> Iterator[int]:
    while (at := low.find(phrase, at)) >= 0:
        yield at
        at += 1


def _told_inside(text: str, words: Lexicon) -> bool:
    """'This is what we want. Given a paid order, when it ships, then a receipt is sent.'"""
    behind = _sentence_with_given(words).search(text)
    if behind is None:
        return False
    sentence = text[behind.end() :]
    found = step_of(sentence, words)
    return found is not None and found.step is Step.GIVEN and _is_told_at_once(sentence, found.languages, words)


@cache
def _sentence_with_given(words: Lexicon) -> re.Pattern[str]:
    phrases = {one.phrase for some in words.steps.values() for one in some if one.step is Step.GIVEN}
    return re.compile(rf"[.!?:] +(?=[*_\"']{{0,3}}(?:{'|'.join(map(re.escape, sorted(phrases)))})\b)", re.IGNORECASE)


def _goes_on(text: str, languages: frozenset[str], words: Lexicon) -> bool:
    """Whether a When begins on the line of a Given: behind a comma, bold or with a capital; 'when possible' is none."""
    low = lowered(text)
    return any(
        f", {phrase} " in low or f"*{phrase}" in low or f" {phrase.capitalize()} " in text or f" {phrase.upper()} " in text
        for phrase in _phrases(words, Step.WHEN, languages)
    )


@lru_cache(maxsize=1_024)
def _phrases(words: Lexicon, step: Step, languages: frozenset[str]) -> tuple[str, ...]:
    return tuple(one.phrase for some in words.steps.values() for one in some if one.step is step and one.languages & languages)
