"""What a line announces: the heading of criteria, of a benefit, of any section that is known."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from safesync.facts.text.lexicon import Family, Lexicon, Phrases, is_ideographic
from safesync.facts.text.line import SIGNS, Line, LineKind, lowered
from safesync.facts.text.placeholder import is_placeholder
from safesync.facts.text.words import in_text

_LONGEST_LABEL = 70
_LEAD = re.compile(r"[\W_]*(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[ivx]{1,4}[.)])\s+)?[\W_]*")
_AROUND = " \t*_+~#=-\u2013\u2014.\"'`)]|\u3009\u300b\u300d\u300f\u3011\u3015"
_NUMBER = re.compile(r"[\[(*_]{0,3}([A-Z]{2})[ _#.-]{0,2}\d{1,2}(?:\.\d{1,2})?([\])*_]{0,3}\s?[:.)\]\u2013\u2014-]|[*_]{1,3}(?=\s)|\s|$)")
_BEFORE_NUMBERED = frozenset("ACK[(*_")
_DASHES = (" - ", " \u2013 ", " \u2014 ")
_QUOTES = ("'", '"')
"""What stands behind one is what somebody else wrote."""
_COUNTED = re.compile(r"(.{4,40}?) ?#?\d{1,2}")
_WORDS_AROUND = 6
_WORDS_OF_A_SENTENCE = 4
_REACH = 48
_SHORTEST, _SHORTEST_WITHIN = 10, 11
"""Characters of a name of criteria that other words may stand around."""


class Label(NamedTuple):
    """A heading that is known: what it announces, and what stands behind it on the same line."""

    family: Family
    rest: str
    numbered: bool = False
    bare: bool = False
    """Nothing stands behind it."""


def label_of(line: Line, words: Lexicon, *, speaks_of_criteria: bool = True) -> Label | None:
    """
    What a line announces, ``None`` when it is no heading that is known.

    ``speaks_of_criteria`` is false when the whole text holds no word for criteria: then only whole labels are compared.
    """
    text = line.text
    if text[0] in _BEFORE_NUMBERED and (numbered := _numbered(line, words)):
        return numbered
    if speaks_of_criteria and (done := _done_when(text, words)):
        return done
    colon = text.find(":", 0, _LONGEST_LABEL + 20)
    if colon >= 0 or len(text) <= _LONGEST_LABEL:
        found = _labelled(line, colon, words, speaks_of_criteria=speaks_of_criteria)
        if found is not None:
            return found
    if not speaks_of_criteria:
        return None
    return _within(text, words) or _announced(text, words)


def heading_name(line: Line) -> tuple[str, str]:
    """What a line is called if it is a heading, in lower case, and what stands behind it; the name is empty when it can be none."""
    colon = line.text.find(":", 0, _LONGEST_LABEL + 20)
    if colon < 0 and len(line.text) > _LONGEST_LABEL:
        return "", ""
    name = _name(line.text if colon < 0 else line.text[:colon])
    if not _stands_alone(line, colon, name):
        return "", ""
    return lowered(name), "" if colon < 0 else line.text[colon + 1 :].lstrip("*_ \t").strip()


def _name(head: str) -> str:
    """The words of a heading without its number and the signs around it."""
    name = head.rstrip(_AROUND)
    if not name[:1].isalpha() and (lead := _LEAD.match(name)):
        return name[lead.end() :]
    return name


def uncounted(name: str) -> str:
    """'leading indicator' of 'leading indicator 2'; any other name as it is."""
    counted = _COUNTED.fullmatch(name) if name[-1:].isdigit() else None
    return counted[1] if counted else name


def _labelled(line: Line, colon: int, words: Lexicon, *, speaks_of_criteria: bool) -> Label | None:
    """The label that a line begins with: all of it, or what stands before its colon."""
    name = _name(line.text if colon < 0 else line.text[:colon])
    if line.kind is LineKind.HEADING:
        name = name.rstrip("?! ")
    family = None
    if len(name) <= words.longest_label:
        family = words.labels.get(lowered(name)) or words.keys.get(name)
    if family is None and name[-1:].isdigit() and (counted := _counted(line, name, colon, words)):
        return counted
    if family is None and colon < 0 and name.partition(" ")[0] in words.keys and (left := _key_left_open(name, words)):
        return left
    if line.kind is LineKind.HEADING and colon < 0 and speaks_of_criteria and (left := _left_open(lowered(name), words)):
        return left
    if family is None and "(" in name:
        family = _bracketed(name, words)
    if family is None and (colon >= 0 or line.kind is LineKind.HEADING):
        family = _surrounded(name, words) if speaks_of_criteria else None
    if family is None or not _stands_alone(line, colon, name):
        return None
    rest = "" if colon < 0 else line.text[colon + 1 :].lstrip("*_ \t").strip()
    return Label(family, rest, bare=not rest)


def _counted(line: Line, name: str, colon: int, words: Lexicon) -> Label | None:
    """'Acceptance criterion 2: ...'; 'Acceptance criteria (v2)' ends in a number too, and is a heading like others."""
    if words.labels.get(lowered(uncounted(name))) is not Family.ACCEPTANCE or not (colon >= 0 or line.kind is LineKind.HEADING):
        return None
    rest = "" if colon < 0 else line.text[colon + 1 :].lstrip("*_ \t").strip()
    return Label(Family.ACCEPTANCE, rest, numbered=True, bare=not rest)


def _key_left_open(name: str, words: Lexicon) -> Label | None:
    """'AC tbd by the Product Owner': without a colon only where nobody has written any yet."""
    key, _, rest = name.partition(" ")
    return Label(words.keys[key], rest) if rest and is_placeholder(rest) else None


def _left_open(low: str, words: Lexicon) -> Label | None:
    """'Acceptance criteria tbd'; with more words behind it is a sentence that only speaks of them."""
    if not low.startswith(words.acceptance_phrases):
        return None
    rest = low[len(next(filter(low.startswith, words.acceptance_phrases))) :].strip(SIGNS)
    return Label(Family.ACCEPTANCE, rest) if rest in words.placeholders else None


def _bracketed(name: str, words: Lexicon) -> Family | None:
    """'Notes (technical)'; the closing bracket is already gone."""
    before, _, behind = name.partition("(")
    if ")" in behind:
        return None
    return words.labels.get(lowered(before).rstrip()) or words.keys.get(before.rstrip())


def _stands_alone(line: Line, colon: int, name: str) -> bool:
    """In a list, a short word without a colon is an item of it rather than a heading."""
    return colon >= 0 or line.kind not in {LineKind.BULLET, LineKind.BOX} or len(name) >= 12 or not name.isascii()


def _numbered(line: Line, words: Lexicon) -> Label | None:
    """'AC1: ...'; without a sign behind the number only in a heading, and never longer than two digits: 'AC-123' is a key."""
    found = _NUMBER.match(line.text)
    if found is None or found[1] not in words.numbered_keys:
        return None
    if not found[2].strip() and line.kind is not LineKind.HEADING and found.end() < len(line.text):
        return None
    rest = line.text[found.end() :].lstrip(":-*_ \u2013\u2014")
    return Label(Family.ACCEPTANCE, rest, numbered=True, bare=not rest)


def _surrounded(name: str, words: Lexicon) -> Family | None:
    """
    'Acceptance criteria for the import', 'Proposed acceptance criteria'.

    Not 'Write acceptance criteria', not 'Acceptance criteria are missing': there they are only spoken of. 'Acceptance' by itself is
    a test, a place or a day beside any other word, but not before a second name: 'Acceptance / test'. 'Acceptance test results' are none.
    """
    low, announcers = lowered(name), words.named("announcers")
    parts = low.replace("(", " ").replace(")", " ").replace("/", " / ").split()
    starts = [start for start, part in enumerate(parts[:4]) if part in words.criteria_starts]
    for size in range(min(5, len(parts)), 0, -1) if starts else ():
        for start in (one for one in starts if one + size <= len(parts)):
            phrase = " ".join(parts[start : start + size])
            if len(phrase) < _SHORTEST_WITHIN and parts[start + size : start + size + 1] != ["/"]:
                continue
            if len(phrase) < _SHORTEST or words.labels.get(phrase) not in {Family.ACCEPTANCE, Family.DONE}:
                continue
            around = [*parts[:start], *parts[start + size :]]
            if "test" in phrase and any(part in words.named("beside_tests") for part in around):
                continue
            if len(around) <= _WORDS_AROUND and (words.mentions.isdisjoint(around) or any(part in announcers for part in around)):
                return words.labels[phrase]
    return None


def before_a_list(line: Line, words: Lexicon) -> Label | None:
    """'Below are the acceptance criteria', and a list: no colon, and the words for criteria at its end. 'As a guest ... such that:'."""
    if line.text.endswith(":") and _names_conditions(lowered(line.text), words):
        return Label(Family.ACCEPTANCE, "", bare=True)
    if line.kind is not LineKind.PARAGRAPH or len(line.text) > _LONGEST_LABEL:
        return None
    name = _name(line.text)
    if not lowered(name).endswith(words.acceptance_phrases) or (family := _surrounded(name, words)) is None:
        return None
    return Label(family, "", bare=True)


def _names_conditions(low: str, words: Lexicon) -> bool:
    """Whether a sentence says that all below must be true, or a story ends in what its conditions follow behind."""
    if low.endswith(words.named("criteria_follow")):
        return True
    if not low.endswith(words.named("conditions_follow")):
        return False
    return any(low.lstrip(SIGNS).startswith(f"{role} ") for role in words.named("story_role"))


def _done_when(text: str, words: Lexicon) -> Label | None:
    """'Done when the list is sorted': a sentence that begins with what others write a heading with."""
    found = _sentence_of(words.named("done_sentences")).search(text)
    rest = text[found.end() :].strip() if found else ""
    return Label(Family.ACCEPTANCE, rest) if in_text(rest) >= _WORDS_OF_A_SENTENCE else None


@cache
def _sentence_of(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(r"(?:^|[.!?]\s+)[*_]{0,3}(?:" + "|".join(map(re.escape, phrases)) + r")[*_]{0,3}\s+(?=\w)", re.IGNORECASE)


def _within(text: str, words: Lexicon) -> Label | None:
    """'... ten workers. Acceptance criteria: ...': in the middle of a line only with a colon, where a sentence begins."""
    at = text.find(":")
    for _ in range(50):
        if at < 0:
            return None
        before = lowered(text[max(0, at - _REACH) : at]).rstrip(" *_")
        if before.endswith(words.acceptance_phrases):
            phrase = next(phrase for phrase in words.acceptance_phrases if before.endswith(phrase))
            start = max(0, at - _REACH) + len(before) - len(phrase)
            if _begins_sentence(text, start):
                rest = text[at + 1 :].lstrip("*_ \t")
                return Label(Family.ACCEPTANCE, rest, bare=not rest)
        at = text.find(":", at + 1)
    return None


def _begins_sentence(text: str, start: int) -> bool:
    if text[start - 1 : start] in _QUOTES:
        return False
    if is_ideographic(text[start]):
        return not text[start - 1 : start].isalnum()
    before = text[max(0, start - 8) : start].rstrip(" *_")
    return not before or before[-1] in ".!?;)" or text[start].isupper()


def _announced(text: str, words: Lexicon) -> Label | None:
    """'The acceptance criteria for this are that ...', 'Acceptance criteria - ...': an announcement without a colon."""
    article, _, behind = text.partition(" ")
    has_article = lowered(article) in words.fillers
    text = behind if has_article else text
    low = lowered(text[:120])
    if not low.startswith(words.acceptance_phrases):
        return None
    if not has_article and len(text) <= _LONGEST_LABEL and (left := _left_open(low, words)):
        return left
    phrase = next(phrase for phrase in words.acceptance_phrases if low.startswith(phrase))
    if low.startswith(_DASHES, len(phrase)):
        return Label(Family.ACCEPTANCE, text[len(phrase) + 3 :].strip())
    for verb in words.announcements:
        at = low.find(f" {verb}")
        end = at + len(verb) + 1
        if at > 0 and "," not in low[len(phrase) : at] and not low[end : end + 1].isalnum():
            rest = text[end:].lstrip(": ").strip()
            return Label(Family.ACCEPTANCE, rest, bare=not rest)
    return None
