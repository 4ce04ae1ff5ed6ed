"""
The hypothesis of an epic: for whom, what, unlike what, with which outcomes, and how anybody would know early.

Source: SAFe, "Epic", the epic hypothesis statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from safesync.facts.text import words
from safesync.facts.text.gates import gates
from safesync.facts.text.headed import labels_of, under
from safesync.facts.text.lexicon import Lexicon, Phrases, lexicon
from safesync.facts.text.line import Lines
from safesync.facts.text.placeholder import is_placeholder, without_tokens
from safesync.facts.text.reading import Place, Verdict

STATEMENT = ("for", "who", "the", "is a", "that", "unlike", "our solution")
HEADED = ("business outcomes", "leading indicators", "non-functional requirements")
PARTS = (*STATEMENT, *HEADED)
ENOUGH = 3
_FIRST_THREE = 3
_MARKS = str.maketrans(dict.fromkeys('*_"`:,;|<>[]()\u2026', " "))
_WIDEST = 1_500
_GAP = 400
_KEYS = ("epic_for", "epic_who", "epic_the", "epic_is_a", "epic_that", "epic_unlike", "epic_our_solution")
_SECTIONS = {"business outcomes": "epic_outcomes", "leading indicators": "epic_indicators", "non-functional requirements": "nfr"}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Which of ``PARTS`` were found; the verdict is weak with fewer than three of them."""

    verdict: Verdict
    parts: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The other parts."""
        return tuple(part for part in PARTS if part not in self.parts)


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
    if not gates(lexicon()).portfolio(description.low):
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
    lexicon_ = lexicon()
    best: tuple[str, ...] = ()
    unfilled = False
    for language in _languages(lexicon_):
        for start in _starts(low, language[0]):
            window = low[start : start + _WIDEST]
            marks = _in_order(f" {window.translate(_MARKS)} ", language)
            if len(marks) < _FIRST_THREE:
                continue
            filled = _filled(without_tokens(window).translate(_MARKS), language)
            best = max(best, filled, key=len)
            unfilled = unfilled or not filled
    return (best if len(best) >= _FIRST_THREE else ()), unfilled


@cache
def _languages(lexicon_: Lexicon) -> tuple[tuple[Phrases, ...], ...]:
    """The phrases of the statement; languages are not told apart: teams mix them."""
    return (tuple(lexicon_.named(key) for key in _KEYS),)


def _starts(low: str, phrases: Phrases) -> list[int]:
    pattern = _start_pattern(phrases)
    return [found.end() for found in pattern.finditer(low)][:20]


@cache
def _start_pattern(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(r"(?:^|\n)[\W_]{0,6}(?:" + "|".join(map(re.escape, phrases)) + r")(?=[\s:*_|])")


def _in_order(text: str, phrases: tuple[Phrases, ...]) -> list[tuple[str, int, int]]:
    """The parts that follow each other: name, where its phrase begins and where it ends."""
    found, at = [("for", 0, 0)], 0
    for name, some in zip(STATEMENT[1:], phrases[1:], strict=True):
        here = [(start, start + len(phrase) + 1) for phrase in some if 0 <= (start := _find(text, phrase, at)) <= at + _GAP]
        if here:
            start, end = min(here, key=lambda one: (one[0], -one[1]))
            found.append((name, start, end))
            at = end
    return found if _is_hypothesis({name: text[start:end] for name, start, end in found}) else []


def _is_hypothesis(phrases: Mapping[str, str]) -> bool:
    """Not any sentence that begins alike: "For now, the export is a stub"."""
    return bool({"unlike", "our solution"} & phrases.keys()) or ("who" in phrases and " " in phrases.get("is a", "").strip())


def _find(text: str, phrase: str, at: int) -> int:
    for before, after in ((" ", " "), ("\n", " "), (" ", "\n"), ("\n", "\n")):
        found = text.find(before + phrase + after, at)
        if found >= 0:
            return found
    return text.find(" " + phrase, at) if phrase.endswith("'") else -1


def _filled(text: str, phrases: tuple[Phrases, ...]) -> tuple[str, ...]:
    marks = _in_order(f" {text} ", phrases)
    if not marks:  # nothing is left of the statement without the tokens of its template
        return ()
    ends = [start for _, start, _ in marks[1:]] + [len(text) + 2]
    said = ((name, f" {text} "[begin:end].strip()) for (name, _, begin), end in zip(marks, ends, strict=True))
    return tuple(name for name, content in said if words.in_text(content) and not is_placeholder(content))
