"""
Texts that lost their line breaks on the way: imports from CSV turn them into runs of spaces.

Without the breaks no heading stands at the start of a line: of about 87 sections with criteria in real squashed
issues, a search by line found 10; with the breaks put back, 79.
"""

from __future__ import annotations

import re

from safesync.facts.text.line import PARAGRAPH, Line, Lines, has_gap, is_prose, new, one_space, typed
from safesync.facts.text.signs import Signs, matcher

_LONG = 60
_WIDE = re.compile(r"[ \t\u00a0]{2,}")
_SPACES = re.compile("  +")
_HEADINGS = Signs(tuple(f"h{level}. " for level in range(1, 7)))
_HEADING = re.compile(r"(?<=\s)(?=h[1-6]\. )")
_AFTER_HEADING = re.compile(r"(?<=h[1-6]\.)[ \t\u00a0]{2,}")
_HEADING_OR_ITEM = re.compile(r"\s{0,3}(?:h[1-6]\.|[*#]|[^:.!?]{4,40}: [*#-]) ")
_ITEM_AFTER_SENTENCE = re.compile(r"(?<=[.;:!?)]) (?=[*#] [A-Z])")
_ITEM_AFTER_HEADING = re.compile(r" (?=[#*-] )")


def unflatten(text: str) -> str:
    """The text with its breaks put back when it looks squashed (long, at most one break); else as it is."""
    if len(text) <= _LONG or text.find("\n", text.find("\n") + 1) >= 0:
        return text
    headed = _HEADINGS.holds(text)
    if not has_gap(text) and not (headed and _HEADING.search(text)):
        return text
    if headed:
        text = _AFTER_HEADING.sub(" ", text)
    # Python looks for two spaces by their letters, for a kind of letters at each letter: four times as slow.
    text = _WIDE.sub("\n", text) if "\t" in text or "\u00a0" in text else "\n".join(_SPACES.split(text))
    if headed:
        text = _HEADING.sub("\n", text)
    if " * " not in text and " - " not in text and " # " not in text:
        return text
    if "\n* " in text or "\n# " in text:
        text = _ITEM_AFTER_SENTENCE.sub("\n", text)
    return "\n".join([_heading_broken(line) for line in text.split("\n")])


def _heading_broken(line: str) -> str:
    """A heading and its list, or the items of a list, stand on one line when even the double space was lost."""
    if (" * " in line or " - " in line or " # " in line) and _HEADING_OR_ITEM.match(line):
        return _ITEM_AFTER_HEADING.sub("\n", line)
    return line


def typed_lines(text: str) -> Lines:
    """The lines that a paragraph of a document holds: one, unless it lost its breaks on the way."""
    if (len(text) > _LONG or "\n" in text) and _may_be_squashed(text):
        parts = unflatten(text).split("\n") if _holds_lines(text.strip()) else (text,)
        return tuple([line for part in parts if (line := typed(one_space(part)))])
    if is_prose(text):
        return (new(Line, (PARAGRAPH, text, 0)),)
    line = typed(one_space(text))
    return (line,) if line else ()


_may_be_squashed = matcher(r"\n|  |h[1-6]\. ")
may_be_broken = Signs((*_HEADINGS.phrases, *"\x0b\x0c\r\x1c\x1d\x1e\x85\u1680\u2028\u2029")).holds
"""Whether clean texts, each without line feeds, may have what breaks one into lines beside wide gaps."""
_holds_lines = matcher(r"\n|  |h[1-6]\. | [*#-] ")
"""Of a text without the white space around it: what only stood far to the right is one line."""
