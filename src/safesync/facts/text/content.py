"""What a section or field says once its placeholders are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from safesync.facts.text import vagueness, words
from safesync.facts.text.gates import gates
from safesync.facts.text.instructions import goes_on, instructs, may_instruct
from safesync.facts.text.lexicon import lexicon
from safesync.facts.text.line import FIRST_ROW, HEAD_OF_TABLE, SIGNS, Line, LineKind, Lines, lowered
from safesync.facts.text.placeholder import is_placeholder
from safesync.facts.text.reading import Verdict
from safesync.facts.text.steps import scenarios

FEWEST_WORDS = 5
_ITEMS = frozenset({LineKind.BULLET, LineKind.BOX})
_QUESTION_MARKS = frozenset("?\uff1f")


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
    gated = "\n" + lowered("\n".join([line.text for line in written]))
    real = written
    if gates(lexicon()).placeholders(gated) or "?" in gated or "\uff1f" in gated:
        real = tuple(line for line in written if not is_placeholder(line.text) and not _asks(line.text))
    if may_instruct(gated):
        real = tuple(_without_instructions(real))
    below = tuple(line for line in real if line.kind is not LineKind.HEADING)
    if _is_left_as_it_was(written, real):
        return Content(Verdict.PLACEHOLDER)
    if not below and (not real or len(real) < len(written)):
        return Content(Verdict.PLACEHOLDER if len(real) < len(written) else Verdict.EMPTY)
    return _weigh(below or real)


def _without_instructions(lines: Lines) -> Iterator[Line]:
    """Without what a template says about criteria, be it broken into several lines."""
    told = False
    for line in lines:
        told = instructs(line.text) or (told and goes_on(line.text))
        if not told:
            yield line


def _asks(text: str) -> bool:
    """'How will we know that it works?': the question of a template, or one that nobody has answered yet."""
    if text.rstrip("*_ ")[-1:] not in _QUESTION_MARKS:
        return False
    return lowered(text).lstrip(SIGNS).partition(" ")[0] in lexicon().named("template_questions")


def _refers(sentence: str) -> bool:
    """'See the mock-up.' says nothing of its own, but what follows does."""
    return lowered(sentence).lstrip(SIGNS).partition(" ")[0] in lexicon().named("references")


def _is_left_as_it_was(written: Lines, real: Lines) -> bool:
    """Whether nobody filled in the first items of a template, or its first sentence; what follows belongs to something else."""
    first = next((at for at, line in enumerate(written) if line.kind in _ITEMS), None)
    if first is None:
        sentence, goes_on, _ = written[0].text.partition(". ")
        return bool(goes_on) and is_placeholder(sentence) and not _refers(sentence)
    run = tuple(takewhile(lambda line: line.kind in _ITEMS, written[first:]))
    alone = len(run) > 1 or not any(line.kind in _ITEMS for line in written[first + len(run) :])
    return alone and not any(line in real for line in (*run, *written[:first]))


def _weigh(real: Lines) -> Content:
    told = scenarios(real, "\n" + lowered("\n".join([line.text for line in real])), inside=False)
    criteria = told.lines or _criteria(real)
    count = told.complete or len(criteria)
    share = sum(vagueness.is_vague(line.text) for line in criteria) / len(criteria)
    said = sum(words.in_text(line.text) for line in real)
    return Content(Verdict.WEAK if _is_weak(real, said) else Verdict.OK, count, share, said, real)


def _criteria(real: Lines) -> tuple[Line, ...]:
    """Items of lists and rows of tables where there are any, else all lines."""
    items = tuple(line for line in real if line.kind in _ITEMS)
    if all(line.level == 0 for line in items):
        return items or real
    return _rows(items) or items


def _rows(items: Lines) -> Lines:
    """Of each row of a table the cell that says most; what names columns or rows is no criterion."""
    found: list[Line] = []
    for line in items:
        if found and line.level >= FIRST_ROW and line.level == found[-1].level:
            found[-1] = max(found[-1], line, key=lambda one: words.in_text(one.text))
        elif line.level != HEAD_OF_TABLE:
            found.append(line)
    return tuple(found)


def _is_weak(real: Lines, said: int) -> bool:
    """Nothing but vague phrases, or too few words with nothing exact among them."""
    if all(vagueness.says_nothing_else(line.text) for line in real):
        return True
    return said < FEWEST_WORDS and not any(vagueness.is_exact(line.text) for line in real)
