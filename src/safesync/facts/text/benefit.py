"""The benefit that a feature is built for, looked for where it is written."""

from __future__ import annotations

from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Family, is_ideographic, lexicon
from safesync.facts.text.line import LineKind, Lines
from safesync.facts.text.phrases import (
    BARE_HEADING,
    EMPTY,
    NAMES_BENEFIT,
    NO_BENEFIT,
    OF_ROLE,
    TOKENS,
    TOKENS_BELOW,
    TOO_FEW,
    UNDER_HEADING,
    UNFILLED_SENTENCE,
    WORDS,
)
from safesync.facts.text.placeholder import is_placeholder
from safesync.facts.text.reading import EMPTY_PLACE, NOTHING, UNREAD_PLACE, UNSEEN, Found, Place, Reading, Verdict, best, rank
from safesync.facts.text.words import in_text

FEWEST_WORDS = 8
_WORDS_OF_A_PURPOSE = 3
_ABBREVIATIONS = ("e.g. ", "i.e. ", "z.b. ", "z. b. ", "d.h. ", "p. ex. ", "p.ex. ")


def read(field: Place, description: Place) -> Reading:
    """
    The benefit hypothesis of an item: in its field, in a section of the description, or as a sentence of the shape
    "if ... then", "we believe ...", "... so that ...". Fewer than eight real words are weak.
    """
    described = _in_description(description)
    if described is _NOTHING and (field is NOTHING or field is UNSEEN):
        return _NOWHERE if field is NOTHING else _NOT_SEEN
    return best(_in_field(field), described)


def _in_field(field: Place) -> Found:
    if not field.written:
        return EMPTY_PLACE if field.seen else UNREAD_PLACE
    return _weighed(field.lines, "{found}", (EMPTY, TOKENS))


def _in_description(description: Place) -> Found:
    if not description.lines:
        return EMPTY_PLACE if description.seen else UNREAD_PLACE
    if not description.speaks:
        return _NOTHING
    sections = description.sections(Family.BENEFIT)
    found = [_NOTHING, _as_voice(description)]
    if sections:
        lines = tuple(line for section in sections for line in section.lines)
        found.append(_weighed(lines, UNDER_HEADING, (BARE_HEADING, TOKENS_BELOW)))
    found.append(_as_sentence(description))
    return max(found, key=rank)


_NOTHING = Found(Verdict.MISSING, NO_BENEFIT)
_NOWHERE, _NOT_SEEN = best(EMPTY_PLACE, _NOTHING), best(UNREAD_PLACE, _NOTHING)


def _weighed(lines: Lines, where: str, nothing: tuple[str, str]) -> Found:
    if not lines:
        return Found(Verdict.EMPTY, nothing[0])
    real = [line for line in lines if not is_placeholder(line.text)]
    if not real:
        return Found(Verdict.PLACEHOLDER, nothing[1])
    count = sum(in_text(line.text) for line in real)
    verdict = Verdict.OK if count >= FEWEST_WORDS else Verdict.WEAK
    how = where.format(found=WORDS.format(count=count))
    return Found(verdict, how if verdict is Verdict.OK else TOO_FEW.format(found=how), count, lines=tuple(real))


def _as_sentence(description: Place) -> Found:
    words, unfilled = lexicon(), False
    gate = gates(words)
    if not gate.hopes(description.gated):
        return _NOTHING
    criteria = {line for section in description.sections(Family.ACCEPTANCE) for line in section.lines}
    for line, low in zip(description.lines, description.low.split("\n"), strict=True):
        if line.kind is LineKind.CODE or line in criteria or not gate.hopes("\n" + low):
            continue
        if is_placeholder(line.text):
            unfilled = unfilled or gate.promises(low)
        elif _names_benefit(low):
            return Found(Verdict.OK, NAMES_BENEFIT, in_text(line.text), lines=(line,))
    return Found(Verdict.PLACEHOLDER, UNFILLED_SENTENCE) if unfilled else _NOTHING


def _as_voice(description: Place) -> Found:
    """What a role wants something for: a story's benefit is one, in whatever words."""
    spoken = description.spoken
    count = in_text(f"{spoken.goal} {spoken.benefit}") if spoken.benefit else 0
    return Found(Verdict.OK, OF_ROLE, count) if count >= FEWEST_WORDS else _NOTHING


def _names_benefit(low: str) -> bool:
    words = lexicon()
    if in_text(low) < FEWEST_WORDS:
        return False
    at = _after(low, words.purposes, 0)
    if at >= 0 and in_text(low[at:]) >= _WORDS_OF_A_PURPOSE:
        return True
    return _after(low, words.beliefs, 0) >= 0 or any(map(_is_hypothesis, _sentences(low)))


def _sentences(low: str) -> list[str]:
    """The sentences of a line; "e.g. if it rains" begins none."""
    for short in _ABBREVIATIONS:
        low = low.replace(short, " ")
    return low.split(". ")


def _is_hypothesis(sentence: str) -> bool:
    """'If clerks can export, then audits take a day less': in one sentence that begins with the condition."""
    words = lexicon()
    start = sentence.lstrip("*_-\"' ")
    if not start.startswith(words.conditions):
        return False
    at = _after(start, words.conditions, 0)
    return at >= 0 and _after(start, words.consequences, at) >= 0


def _after(low: str, phrases: tuple[str, ...], start: int) -> int:
    """Where the first of the phrases that stands in a text as a whole ends, -1 when none does."""
    for phrase in phrases:
        at = low.find(phrase, start)
        if at < 0:
            continue
        end = at + len(phrase)
        if is_ideographic(phrase) or (not low[at - 1 : at].isalnum() and (phrase[-1] == "'" or not low[end : end + 1].isalnum())):
            return end
    return -1
