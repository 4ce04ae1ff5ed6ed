"""Scenarios in Given, When, Then, in the languages people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from safesync.facts.text.lexicon import Lexicon, Step, lexicon
from safesync.facts.text.line import Line, Lines, lowered
from safesync.facts.text.placeholder import is_placeholder

_FIRST = re.compile(r"[*_\"'`(\[]{0,4}((?:[^\W\d_]|[.\-]){1,24}'?)")
_FARTHEST = 12
"""Lines between the beginning of a scenario and its Then; farther apart they are prose."""


def step_of(text: str, words: Lexicon) -> Step | None:
    """The step that a line begins with, ``None`` when it is none."""
    if not text.isascii() and (step := _ideographic(text, words)):
        return step
    first = _FIRST.match(text)
    if first is None:
        return None
    pairs = words.steps.get(lowered(first[1]))
    return _longest(lowered(text[first.start(1) : first.start(1) + 40]), pairs) if pairs else None


def _longest(low: str, pairs: tuple[tuple[str, Step], ...]) -> Step | None:
    for phrase, step in pairs:
        if low.startswith(phrase) and (phrase[-1] == "'" or not low[len(phrase) : len(phrase) + 1].isalnum()):
            return step
    return None


def _ideographic(text: str, words: Lexicon) -> Step | None:
    return next((step for phrase, step in words.ideographic_steps if text.startswith(phrase)), None)


@dataclass(slots=True)
class _Scenarios:
    """Finds scenarios in passing; a Then completes one that began with a Given or a title, and had a When."""

    found: list[Line] = field(default_factory=list)
    unfilled: int = 0
    complete: int = 0
    _begun: list[Line] = field(default_factory=list)
    _when: bool = False
    _age: int = 0

    def take(self, line: Line, step: Step | None) -> None:
        self._age += 1
        if self._age > _FARTHEST:
            self._begun.clear()
        if step in {Step.SCENARIO, Step.GIVEN} and (self._when or not self._begun or step is Step.SCENARIO):
            self._begun, self._when, self._age = [line], False, 0
        elif step is Step.WHEN and self._begun:
            self._when = True
            self._begun.append(line)
        elif step is Step.THEN and self._begun and self._when:
            self._complete(line)
        elif step is not None and self._begun:
            self._begun.append(line)

    def _complete(self, line: Line) -> None:
        whole = [*self._begun, line]
        if all(is_placeholder(part.text) or step_of(part.text, lexicon()) is Step.SCENARIO for part in whole):
            self.unfilled += 1
        else:
            self.complete += 1
            self.found += whole
        self._when = False
        self._begun = [line]
        self._age = 0


@dataclass(frozen=True, slots=True)
class Scenarios:
    """How many scenarios stand in a text, how many of them are only a template, and the lines of the real ones."""

    complete: int
    unfilled: int
    lines: Lines


def scenarios(lines: Lines) -> Scenarios:
    """The scenarios of a text, whether line by line or in one sentence."""
    words = lexicon()
    found = _Scenarios()
    for line in lines:
        step = step_of(line.text, words)
        if step is Step.GIVEN and _in_one_sentence(line.text, words):
            if is_placeholder(line.text):
                found.unfilled += 1
            else:
                found.complete += 1
                found.found.append(line)
        else:
            found.take(line, step)
    return Scenarios(found.complete, found.unfilled, tuple(found.found))


def _in_one_sentence(text: str, words: Lexicon) -> bool:
    """'Given a paid order, when it ships, then a receipt is sent': the three in this order."""
    low = lowered(text)
    at = 0
    for step in (Step.WHEN, Step.THEN):
        ends = [found + len(phrase) for phrase in _phrases(words, step) if (found := low.find(f" {phrase} ", at)) >= 0]
        if not ends:
            return False
        at = min(ends)
    return True


def _phrases(words: Lexicon, step: Step) -> list[str]:
    return [phrase for pairs in words.steps.values() for phrase, kind in pairs if kind is step]
