"""A text cut at its headings: which lines stand under what heading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Family, Lexicon, Phrases, is_ideographic, lexicon
from safesync.facts.text.line import BOLD_LEVEL, Line, LineKind, Lines, lowered
from safesync.facts.text.steps import is_title
from safesync.facts.text.words import in_text

_WITHOUT_MARKUP = BOLD_LEVEL + 1
"""Level of a heading that is an ordinary line: any real heading ends its section."""
_LONGEST_LABEL = 70
_LEAD = re.compile(r"[\W_]*(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[ivx]{1,4}[.)])\s+)?[\W_]*")
_AROUND = " \t*_+~#=-\u2013\u2014.\"'`)]|"
_NUMBER = re.compile(r"[\[(*_]{0,3}([A-Z]{2})[ _#.-]{0,2}\d{1,2}(?:\.\d{1,2})?([\])*_]{0,3}\s?[:.)\]\u2013\u2014-]|[*_]{1,3}(?=\s)|\s|$)")
_INNER_BULLET = re.compile(r"(?:^| )[*#\u2022] ")
_BEFORE_NUMBERED = frozenset("ACK[(*_")
_DASHES = (" - ", " \u2013 ", " \u2014 ")
_COUNTED = re.compile(r"(.{4,40}?) ?#?\d{1,2}")
_ITEMS = frozenset({LineKind.BULLET, LineKind.BOX})
_WORDS_AROUND = 6
_WORDS_OF_A_SENTENCE = 4
_REACH = 48


class Label(NamedTuple):
    """A heading that is known: what it announces, and what stands behind it on the same line."""

    family: Family
    rest: str
    numbered: bool = False
    bare: bool = False
    """Nothing stands behind it."""


class Section(NamedTuple):
    """The lines under one heading."""

    family: Family
    lines: Lines
    numbered: bool


class Cut(NamedTuple):
    """A text's sections that are asked for, and the lines outside of all known sections."""

    sections: tuple[Section, ...]
    loose: Lines

    def of(self, family: Family) -> tuple[Section, ...]:
        """The sections that announce the same."""
        return tuple(section for section in self.sections if section.family is family)


UNCUT = Cut((), ())


def cut(lines: Lines, text: str, low: str) -> Cut:
    """The sections of a text, in their order; ``text`` is all of it, ``low`` the same in lower case."""
    words = lexicon()
    gate = gates(words)
    speaks = gate.phrases(low)
    if not speaks and not gate.headings(low) and not gate.keys(text):
        return Cut((), lines)
    knife = _Knife(words, speaks_of_criteria=speaks)
    for line, following in zip_longest(lines, lines[1:]):
        knife.take(line, following)
    knife.close()
    return Cut(tuple(knife.sections), tuple(knife.loose))


@dataclass(slots=True)
class _Knife:
    """Goes over the lines once; ``family`` is that of the section it is in, ``None`` outside of all."""

    words: Lexicon
    speaks_of_criteria: bool
    sections: list[Section] = field(default_factory=list)
    loose: list[Line] = field(default_factory=list)
    _family: Family | None = None
    _level: int = 0
    _numbered: bool = False
    _held: list[Line] = field(default_factory=list)

    def take(self, line: Line, following: Line | None) -> None:
        label = None if line.kind is LineKind.CODE else label_of(line, self.words, speaks_of_criteria=self.speaks_of_criteria)
        if label is None and self.speaks_of_criteria and following is not None and following.kind in _ITEMS:
            label = _before_a_list(line, self.words)
        if label is not None and self._begins(line, label):
            self._open(line, label)
        elif line.kind is LineKind.HEADING and self._ends(line):
            self.close()
            self.loose.append(line)
        elif self._family is None:
            self.loose.append(line)
        elif label is not None and label.family is self._family:
            self._hold_under(line, label)
        else:
            self._held.append(line)

    def _begins(self, line: Line, label: Label) -> bool:
        """A heading inside its own section begins no new one; a bullet is no end of a section."""
        if label.family is Family.OTHER and line.kind in {LineKind.BULLET, LineKind.BOX}:
            return self._family is not None and self._level == _WITHOUT_MARKUP and label.bare and not self._numbered
        if label.family is self._family:
            return not label.numbered and line.kind is LineKind.HEADING
        return True

    def _open(self, line: Line, label: Label) -> None:
        self.close()
        self._family = label.family
        self._level = line.level or _WITHOUT_MARKUP
        self._numbered = label.numbered
        self._hold_under(line._replace(kind=LineKind.PARAGRAPH), label)

    def _hold_under(self, line: Line, label: Label) -> None:
        """What stands behind a label. 'Criterion 1:' with nothing behind it says that somebody left a template as it was."""
        if label.numbered and label.bare:
            self._held.append(Line(LineKind.HEADING, line.text, BOLD_LEVEL))
        else:
            self._hold(LineKind.BULLET if label.numbered else line.kind, label.rest)

    def _hold(self, kind: LineKind, text: str) -> None:
        parts = [part for part in _INNER_BULLET.split(text) if part.strip()]
        kind = LineKind.BULLET if len(parts) > 1 or _INNER_BULLET.match(text) else kind
        self._held += [Line(kind, part.strip()) for part in parts]

    def _ends(self, line: Line) -> bool:
        """
        Whether a heading that nobody knows ends the section.

        Headings below the section's own stay inside, and so do those of scenarios. Of two bold lines nobody
        knows which is the lower one: the second stays inside while nothing stands under the first.
        """
        if self._family is None or is_title(line.text, self.words):
            return False
        if line.level > self._level:
            return False
        return bool(self._held) or line.level < BOLD_LEVEL

    def close(self) -> None:
        if self._family is not None and self._family is not Family.OTHER:
            self.sections.append(Section(self._family, tuple(self._held), self._numbered))
        self._family = None
        self._held = []


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
    return _announced(text, words) if colon < 0 and ":" not in text else _within(text, words)


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


def _labelled(line: Line, colon: int, words: Lexicon, *, speaks_of_criteria: bool) -> Label | None:
    """The label that a line begins with: all of it, or what stands before its colon."""
    name = _name(line.text if colon < 0 else line.text[:colon])
    if line.kind is LineKind.HEADING:
        name = name.rstrip("?! ")
    family = None
    if len(name) <= words.longest_label:
        family = words.labels.get(lowered(name)) or words.keys.get(name)
    if family is None and name[-1:].isdigit() and (counted := _COUNTED.fullmatch(name)):
        return _counted(line, lowered(counted[1]), colon, words)
    if family is None and "(" in name:
        family = _bracketed(name, words)
    if family is None and (colon >= 0 or line.kind is LineKind.HEADING):
        family = _surrounded(name, words) if speaks_of_criteria else None
    if family is None or not _stands_alone(line, colon, name):
        return None
    rest = "" if colon < 0 else line.text[colon + 1 :].lstrip("*_ \t").strip()
    return Label(family, rest, bare=not rest)


def _counted(line: Line, name: str, colon: int, words: Lexicon) -> Label | None:
    """'Acceptance criterion 2: ...'."""
    if words.labels.get(name) is not Family.ACCEPTANCE or not (colon >= 0 or line.kind is LineKind.HEADING):
        return None
    rest = "" if colon < 0 else line.text[colon + 1 :].lstrip("*_ \t").strip()
    return Label(Family.ACCEPTANCE, rest, numbered=True, bare=not rest)


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

    Not 'Write acceptance criteria', not 'Acceptance criteria are missing': there they are only spoken of.
    """
    low = lowered(name)
    parts = low.replace("(", " ").replace(")", " ").replace("/", " / ").split()
    starts = [start for start, part in enumerate(parts[:4]) if part in words.criteria_starts]
    for size in range(min(5, len(parts)), 0, -1) if starts else ():
        for start in (one for one in starts if one + size <= len(parts)):
            phrase = " ".join(parts[start : start + size])
            if len(phrase) < 10 or words.labels.get(phrase) not in {Family.ACCEPTANCE, Family.DONE}:
                continue
            around = [*parts[:start], *parts[start + size :]]
            if len(around) <= _WORDS_AROUND and not words.mentions.intersection(around):
                return words.labels[phrase]
    return None


def _before_a_list(line: Line, words: Lexicon) -> Label | None:
    """'Below are the acceptance criteria', and a list: without a colon, with the words for criteria at its end."""
    if line.kind is not LineKind.PARAGRAPH or len(line.text) > _LONGEST_LABEL:
        return None
    name = _name(line.text)
    if not lowered(name).endswith(words.acceptance_phrases) or (family := _surrounded(name, words)) is None:
        return None
    return Label(family, "", bare=True)


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
    if is_ideographic(text[start]):
        return not text[start - 1 : start].isalnum()
    before = text[max(0, start - 8) : start].rstrip(" *_")
    return not before or before[-1] in ".!?;)" or text[start].isupper()


def _announced(text: str, words: Lexicon) -> Label | None:
    """'Acceptance criteria for this is that ...', 'Acceptance criteria - ...': an announcement without a colon."""
    low = lowered(text[:120])
    if not low.startswith(words.acceptance_phrases):
        return None
    phrase = next(phrase for phrase in words.acceptance_phrases if low.startswith(phrase))
    if low.startswith(_DASHES, len(phrase)):
        return Label(Family.ACCEPTANCE, text[len(phrase) + 3 :].strip())
    for verb in words.announcements:
        at = low.find(f" {verb} ")
        if at > 0:
            rest = text[at + len(verb) + 2 :].strip()
            return Label(Family.ACCEPTANCE, rest, bare=not rest)
    return None
