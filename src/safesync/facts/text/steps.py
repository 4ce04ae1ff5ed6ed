"""Scenarios in Given, When, Then, in the languages people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Beginning, Lexicon, Step, lexicon
from safesync.facts.text.line import Line, Lines, lowered
from safesync.facts.text.placeholder import is_placeholder

_FIRST = re.compile(r"[*_\"'`(\[]{0,4}((?:[^\W\d_]|[.\-]){1,24}'?)")
_JOINTS = str.maketrans(dict.fromkeys(",;*_", " "))
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
            return
        self._take_step(line, found)
        into = self.found if self.found and self.found[-1] is line else self._begun
        self._goes_on_below = into if len(line.text) <= len(found.phrase) + _SIGNS_OF_A_STEP else None

    def _take_step(self, line: Line, found: Beginning) -> None:
        if found.step is Step.GIVEN and _holds(line.text, found.languages, self.words, Step.WHEN, Step.THEN):
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


def scenarios(lines: Lines, gated: str) -> Scenarios:
    """The scenarios of a text, line by line or in one sentence; ``gated`` is all of it as gates take it."""
    words = lexicon()
    if not (gates(words).scenarios(gated) and words.consequence_signs.holds(gated)):
        return _NONE
    found = _Scenarios(words)
    for line in lines:
        found.take(line)
    return Scenarios(found.complete, found.unfilled, tuple(found.found))


_NONE = Scenarios()


def _holds(text: str, languages: frozenset[str], words: Lexicon, *steps: Step) -> bool:
    """Whether other steps follow on the same line, in this order: 'Given a paid order, when it ships, then a receipt is sent'."""
    low = lowered(text).translate(_JOINTS)
    at = 0
    for step in steps:
        ends = [found + len(phrase) for phrase in _phrases(words, step, languages) if (found := low.find(f" {phrase} ", at)) >= 0]
        if not ends:
            return False
        at = min(ends)
    return True


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
