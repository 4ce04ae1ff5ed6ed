"""What a section or field says once its placeholders are gone."""

from __future__ import annotations

from dataclasses import dataclass

from safesync.facts.text import vagueness, words
from safesync.facts.text.line import Line, LineKind, Lines
from safesync.facts.text.placeholder import is_placeholder
from safesync.facts.text.reading import Verdict
from safesync.facts.text.steps import scenarios

FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Content:
    """The verdict on some lines, how many criteria they are, which share of these is vague, and how many words they have in all."""

    verdict: Verdict
    count: int = 0
    vague_share: float | None = None
    words: int = 0
    lines: Lines = ()


def judge(lines: Lines) -> Content:
    """The verdict on lines that should be criteria; headings among them count only when nothing else stands there."""
    written = tuple(line for line in lines if line.text)
    if not written:
        return Content(Verdict.EMPTY)
    real = tuple(line for line in written if not is_placeholder(line.text))
    below = tuple(line for line in real if line.kind is not LineKind.HEADING)
    if not below and (not real or len(real) < len(written)):
        return Content(Verdict.PLACEHOLDER if len(real) < len(written) else Verdict.EMPTY)
    return _weigh(below or real)


def _weigh(real: Lines) -> Content:
    told = scenarios(real)
    criteria = told.lines or _criteria(real)
    count = told.complete or len(criteria)
    share = sum(vagueness.is_vague(line.text) for line in criteria) / len(criteria)
    said = sum(words.in_text(line.text) for line in real)
    return Content(Verdict.WEAK if _is_weak(real, said) else Verdict.OK, count, share, said, real)


def _criteria(real: Lines) -> tuple[Line, ...]:
    """Items of lists where there are any, else all lines."""
    items = tuple(line for line in real if line.kind in {LineKind.BULLET, LineKind.BOX})
    return items or real


def _is_weak(real: Lines, said: int) -> bool:
    """Nothing but vague phrases, or too few words with nothing exact among them."""
    if all(vagueness.says_nothing_else(line.text) for line in real):
        return True
    return said < FEWEST_WORDS and not any(vagueness.is_exact(line.text) for line in real)
