"""Acceptance criteria, looked for where teams really write them."""

from __future__ import annotations

from functools import cache
from itertools import takewhile

from safesync.facts.text.content import Content, judge
from safesync.facts.text.lexicon import Family, Lexicon, lexicon
from safesync.facts.text.line import LineKind, Lines, lowered
from safesync.facts.text.phrases import (
    AS_BOXES,
    BARE_HEADING,
    BY_NUMBER,
    CRITERIA,
    EMPTY,
    NO_CRITERIA,
    OF_EVERY_ITEM,
    ONE_CRITERION,
    SCENARIOS,
    TOKENS,
    TOKENS_BELOW,
    TOO_VAGUE,
    UNDER_DONE,
    UNDER_HEADING,
    UNFILLED_SCENARIO,
)
from safesync.facts.text.placeholder import is_placeholder
from safesync.facts.text.reading import EMPTY_PLACE, NOTHING, UNREAD_PLACE, UNSEEN, Found, Place, Reading, Verdict, best, rank
from safesync.facts.text.sections import Section
from safesync.facts.text.signs import Signs
from safesync.facts.text.steps import scenarios
from safesync.facts.text.words import in_text

_WORDS_OF_A_SENTENCE = 4
_BOX = LineKind.BOX


def read(field: Place | Found, description: Place, *, boxes_count: bool) -> Reading:
    """
    The acceptance criteria of an item: in their field, in a section of the description, as ``AC1:`` lines, as
    Given/When/Then, or as checkboxes.

    ``boxes_count`` says whether checkboxes without a heading are criteria: in a story they are, in a bug or task
    they are things to do. A Definition of Done counts where there is no heading of criteria. The field may be read already.
    """
    described = _in_description(description, boxes_count=boxes_count)
    if described is _NOTHING and (field is NOTHING or field is UNSEEN):
        return _NOWHERE if field is NOTHING else _NOT_SEEN
    return best(field if isinstance(field, Found) else in_field(field), described)


def in_field(field: Place) -> Found:
    """The acceptance criteria in their own field."""
    if not field.written:
        return EMPTY_PLACE if field.seen else UNREAD_PLACE
    sections = field.parts
    titled = [line for section in sections.of(Family.ACCEPTANCE) for line in section.lines]
    content = judge((*sections.loose, *titled))
    if content.verdict is Verdict.EMPTY and field.lines:
        content = judge(field.lines)
    return _told(content, "{found}", (EMPTY, TOKENS))


def _in_description(description: Place, *, boxes_count: bool) -> Found:
    if not description.lines:
        return EMPTY_PLACE if description.seen else UNREAD_PLACE
    found = [_under_heading(description), _as_scenarios(description), _NOTHING] if description.speaks else [_NOTHING]
    if boxes_count and _BOX in description.kinds:
        found.append(_as_boxes(description.parts.loose))
    return max(found, key=rank) if len(found) > 1 else _NOTHING


_NOTHING = Found(Verdict.MISSING, NO_CRITERIA)
_NOWHERE, _NOT_SEEN = best(EMPTY_PLACE, _NOTHING), best(UNREAD_PLACE, _NOTHING)


def _under_heading(description: Place) -> Found:
    sections = description.sections(Family.ACCEPTANCE, Family.DONE)
    if not sections:
        return _NOTHING
    lines = tuple(line for section in sections for line in section.lines)
    if sections[0].family is Family.DONE and _is_of_the_team(lines):
        return _OF_THE_TEAM
    content = judge(lines)
    return _told(content, _how(sections), (BARE_HEADING, TOKENS_BELOW))


_OF_THE_TEAM = Found(Verdict.MISSING, OF_EVERY_ITEM)


def _is_of_the_team(lines: Lines) -> bool:
    """Whether most of a Definition of Done is what a team does for every item: code reviewed, tests written."""
    real = [line for line in lines if not is_placeholder(line.text)]
    known = _process(lexicon())
    return bool(real) and sum(known.holds(lowered(line.text)) for line in real) * 2 > len(real)


@cache
def _process(words: Lexicon) -> Signs:
    return Signs(words.named("process"))


def _how(sections: tuple[Section, ...]) -> str:
    if all(section.numbered for section in sections):
        return BY_NUMBER
    return UNDER_HEADING if sections[0].family is Family.ACCEPTANCE else UNDER_DONE


def _as_scenarios(description: Place) -> Found:
    told = scenarios(description.lines, description.gated, inside=True)
    if told.complete:
        content = judge(told.lines)
        how = SCENARIOS.format(count=told.complete)
        return Found(content.verdict, how, told.complete, content.vague_share, content.words, content.lines)
    if told.unfilled:
        return Found(Verdict.PLACEHOLDER, UNFILLED_SCENARIO)
    return _NOTHING


def _as_boxes(loose: Lines) -> Found:
    """
    Sentences with a checkbox, above all headings: below one they are what it says.

    Boxes before single words are a list of states, and what a team does for every item is none either.
    """
    boxes = tuple(line for line in takewhile(lambda line: line.kind is not LineKind.HEADING, loose) if line.kind is LineKind.BOX)
    sentences = tuple(box for box in boxes if in_text(box.text) >= _WORDS_OF_A_SENTENCE)
    if not sentences or len(sentences) * 2 < len(boxes) or _is_of_the_team(sentences):
        return _NOTHING
    content = judge(sentences)
    if content.verdict is not Verdict.OK:
        return _NOTHING
    return _told(content, AS_BOXES, ("", ""))


def _told(content: Content, where: str, nothing: tuple[str, str]) -> Found:
    """What was found, in a few words for people."""
    if content.verdict is Verdict.EMPTY:
        return Found(Verdict.EMPTY, nothing[0])
    if content.verdict is Verdict.PLACEHOLDER:
        return Found(Verdict.PLACEHOLDER, nothing[1])
    how = where.format(found=ONE_CRITERION if content.count == 1 else CRITERIA.format(count=content.count))
    how = TOO_VAGUE.format(found=how) if content.verdict is Verdict.WEAK else how
    return Found(content.verdict, how, content.count, content.vague_share, content.words, content.lines)
