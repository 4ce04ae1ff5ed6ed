"""A text cut at its headings: which lines stand under what heading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from safesync.facts.text.gates import gates
from safesync.facts.text.labels import Label, before_a_list, label_of
from safesync.facts.text.lexicon import Family, Lexicon, lexicon
from safesync.facts.text.line import BOLD_LEVEL, Line, LineKind, Lines
from safesync.facts.text.placeholder import is_left_open
from safesync.facts.text.steps import is_title

_WITHOUT_MARKUP = BOLD_LEVEL + 1
"""Level of a heading that is an ordinary line: any real heading ends its section."""
_INNER_BULLET = re.compile(r"(?:^| )[*#\u2022] ")
_ITEMS = frozenset({LineKind.BULLET, LineKind.BOX})


def _is_item(line: Line | None) -> bool:
    return line is not None and line.kind in _ITEMS


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


def cut(lines: Lines, text: str, gated: str) -> Cut:
    """The sections of a text, in their order; ``text`` is all of it, ``gated`` the same as gates take it."""
    words = lexicon()
    gate = gates(words)
    speaks = gate.phrases(gated)
    if not speaks and not gate.headings(gated) and not gate.keys("\n" + text):
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
        if label is None and self.speaks_of_criteria and _is_item(following):
            label = before_a_list(line, self.words)
        if label is not None and self._begins(line, label):
            self._open(line, label)
            if label.rest and label.family is not Family.OTHER and not _is_item(following) and is_left_open(label.rest):
                self.close()  # what stands below 'AC: tbd' is something else
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
