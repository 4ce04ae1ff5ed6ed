"""
The hypothesis of an epic: for whom, what, unlike what, with which outcomes, and how anybody would know early.

Source: SAFe, "Epic", the epic hypothesis statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from safesync.facts.text import words
from safesync.facts.text.gates import gates
from safesync.facts.text.headed import labels_of, under
from safesync.facts.text.lexicon import Lexicon, Phrases, lexicon
from safesync.facts.text.line import Lines
from safesync.facts.text.phrases import HEADED, PARTS_OF_HYPOTHESIS, STATEMENT
from safesync.facts.text.placeholder import is_placeholder, without_tokens
from safesync.facts.text.reading import Place, Verdict

ENOUGH = 3
_FIRST_THREE = 3
_MARKS = str.maketrans(dict.fromkeys('*_"`:,;|<>[]()\u2026', " "))
_WIDEST = 1_500
_GAP = 400
_KEYS = ("epic_for", "epic_who", "epic_the", "epic_is_a", "epic_that", "epic_unlike", "epic_our_solution")
_SECTIONS = {"business outcomes": "epic_outcomes", "leading indicators": "epic_indicators", "non-functional requirements": "nfr"}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Which of ``PARTS_OF_HYPOTHESIS`` were found; the verdict is weak with fewer than three of them."""

    verdict: Verdict
    parts: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The other parts."""
        return tuple(part for part in PARTS_OF_HYPOTHESIS if part not in self.parts)


@dataclass(frozen=True, slots=True)
class Sections:
    """What portfolio rules ask about headings of a description; ``None`` and false without the heading."""

    outcomes: Lines = ()
    indicators: Lines = ()
    nfr: Lines = ()
    nfr_named: bool = False
    """Also when it says that there are none."""
    mvp_words: float | None = None
    business_case_words: float | None = None


@cache
def _labels(lexicon_: Lexicon) -> Mapping[str, str]:
    names = {**_SECTIONS, "mvp": "mvp", "business case": "business_case"}
    return labels_of({name: lexicon_.named(key) for name, key in names.items()})


def sections(description: Place) -> Sections:
    """The sections of a description that an epic should have."""
    if not gates(lexicon()).portfolio(description.gated):
        return _NO_SECTIONS
    found = under(description.lines, _labels(lexicon()))
    outcomes, indicators, nfr = (_written(found.get(name, ())) for name in HEADED)
    return Sections(outcomes, indicators, nfr, bool(found.get(HEADED[2])), _words(found.get("mvp")), _words(found.get("business case")))


_NO_SECTIONS = Sections()


def _words(lines: Lines | None) -> float | None:
    return None if lines is None else float(sum(words.in_text(line.text) for line in _written(lines)))


def _written(lines: Lines) -> Lines:
    return tuple(line for line in lines if not is_placeholder(line.text))


def read(places: tuple[Place, ...], headed: Sections) -> Hypothesis:
    """The parts of the statement wherever they stand, and those that have a heading."""
    told = [_statement(place.low) for place in places if place.low]
    said = max((one for one, _ in told), key=len, default=())
    under_headings = zip(HEADED, (headed.outcomes, headed.indicators, headed.nfr), strict=True)
    parts = (*said, *(name for name, lines in under_headings if lines))
    if len(parts) >= ENOUGH:
        return Hypothesis(Verdict.OK, parts)
    if parts:
        return Hypothesis(Verdict.WEAK, parts)
    return Hypothesis(Verdict.PLACEHOLDER if any(unfilled for _, unfilled in told) else Verdict.MISSING)


def _statement(low: str) -> tuple[tuple[str, ...], bool]:
    """The filled parts of the statement that begins a line, and whether one stands there with nothing filled in."""
    phrases = _phrases(lexicon())
    best: tuple[str, ...] = ()
    unfilled = False
    for start in _starts(low, phrases[0]):
        window = low[start : start + _WIDEST]
        if not _is_statement(window.translate(_MARKS), phrases):
            continue
        filled = _filled(without_tokens(window).translate(_MARKS), phrases)
        best = max(best, filled, key=len)
        unfilled = unfilled or (len(filled) < _FIRST_THREE and without_tokens(window) != window)
    return (best if len(best) >= _FIRST_THREE else ()), unfilled


@cache
def _phrases(lexicon_: Lexicon) -> tuple[Phrases, ...]:
    """The phrases of the statement; languages are not told apart: teams mix them."""
    return tuple(lexicon_.named(key) for key in _KEYS)


def _starts(low: str, phrases: Phrases) -> list[int]:
    pattern = _start_pattern(phrases)
    return [found.end() for found in pattern.finditer(low)][:20]


@cache
def _start_pattern(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(r"(?:^|\n)(?:[^\n:.]{0,40}:)?[\W_]{0,6}(?:" + "|".join(map(re.escape, phrases)) + r")(?=[\s:*_|])")


class _Mark(NamedTuple):
    """A part of the statement: where its phrase begins, and where it ends."""

    name: str
    start: int
    end: int
    phrase: str


def _in_order(text: str, phrases: tuple[Phrases, ...]) -> list[_Mark]:
    """The parts that follow each other; ``text`` begins and ends with a space."""
    flat, found, at = text.replace("\n", " "), [_Mark("for", 0, 0, "")], 0
    for name, some in zip(STATEMENT[1:], phrases[1:], strict=True):
        here = [
            _Mark(name, start, start + len(phrase) + 1, phrase) for phrase in some if 0 <= (start := _find(flat, phrase, at)) <= at + _GAP
        ]
        if here:
            found.append(min(here, key=lambda mark: (mark.start, -mark.end)))
            at = found[-1].end
    return found


def _find(flat: str, phrase: str, at: int) -> int:
    return flat.find(f" {phrase}" if phrase.endswith("'") else f" {phrase} ", at)


def _is_statement(window: str, phrases: tuple[Phrases, ...]) -> bool:
    """
    Not any sentence that begins alike: "For now, the export is a stub".

    It says in one breath for whom what is what, and in lines of their own, by what it does, or unlike what; or it has both parts
    of the contrast.
    """
    text = f" {window} "
    marks = _in_order(text, phrases)
    end = found.start() if (found := _BREATH.search(text)) else len(text)
    breath = {mark.name: mark.phrase for mark in marks if mark.start < end}
    contrast = {"unlike", "our solution"} & {mark.name for mark in marks}
    in_lines = sum(text[mark.start] == "\n" for mark in marks) > 1
    names_it = "is a" in breath and any(" " in breath.get(name, "").strip() for name in ("the", "is a"))
    if "who" in breath and names_it:
        return in_lines or bool(contrast) or ("that" in breath and not _denies(text[marks[-1].end : end]))
    if len(contrast) > 1:
        return len(breath) >= _FIRST_THREE and not breath.keys().isdisjoint({"is a", "that"})
    return "our solution" in contrast and names_it and breath.keys() >= {"the", "that"}


def _denies(promise: str) -> bool:
    """'For payers who are late the page is a form that does not open': nobody promises what does not happen."""
    return any(_find(f" {promise} ", negation, 0) >= 0 for negation in lexicon().named("epic_negations"))


_BREATH = re.compile(r"[.?!] +(?!\n)")


def _filled(text: str, phrases: tuple[Phrases, ...]) -> tuple[str, ...]:
    whole = f" {text} "
    marks = _in_order(whole, phrases)
    ends = [mark.start for mark in marks[1:]] + [len(whole)]
    said = ((mark.name, whole[mark.end : end].strip()) for mark, end in zip(marks, ends, strict=True))
    return tuple(name for name, content in said if words.in_text(content) and not is_placeholder(content))
