"""Lines of a text with what they are: the one shape that all notations are read into."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from safesync.facts.text.signs import matcher


class LineKind(StrEnum):
    """What a line is, whatever notation it was written in."""

    HEADING = "H"
    BULLET = "B"
    """A list item or a table cell."""
    BOX = "C"
    """A checkbox, ticked or not."""
    PARAGRAPH = "P"
    CODE = "K"
    """Inside a code block: no words for people, but scenarios are often pasted there."""


BOLD_LEVEL = 7
"""Level of a heading that is only a bold line: below all real headings."""
HEAD_OF_TABLE = -1
"""Level of a cell that names a column or a row."""
FIRST_ROW = 8
"""Levels from here on are rows of tables: the cells of one row share theirs."""


class Line(NamedTuple):
    """One line, cleaned and never empty; ``level`` is that of a heading, 1 to 6, or ``BOLD_LEVEL``, or the row of a cell."""

    kind: LineKind
    text: str
    level: int = 0


Lines = tuple[Line, ...]
PARAGRAPH, BULLET, CODE = LineKind.PARAGRAPH, LineKind.BULLET, LineKind.CODE
new = tuple.__new__
"""``new(Line, (kind, text, level))`` makes a line in a third of the time: for readers, who make millions."""

SIGNS = " \t.,:;!?*_+~#'\"`()[]{}<>|/=\\-\u2013\u2014\u2026\u3002\uff1a"
"""What may stand around the words of a line without adding to what it says."""
MOST_CHARACTERS = 262_144
MOST_LINES = 5_000
"""What stands beyond is not read: nobody writes criteria there, and one enormous text must not hold up a run."""


def cleaned(text: str) -> str:
    """A whole text cleaned, as much of it as is read."""
    return clean(text[:MOST_CHARACTERS])[:MOST_CHARACTERS]


def within_reason(text: str) -> list[str]:
    """The lines of a text in a notation of lines, as many as are read."""
    return text[:MOST_CHARACTERS].splitlines()[:MOST_LINES]


_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"))
_PUNCTUATION = {
    ord("\u2018"): "'",
    ord("\u2019"): "'",
    ord("\u02bc"): "'",
    ord("\u201b"): "'",
    ord("\u00b4"): "'",
    ord("\u201c"): '"',
    ord("\u201d"): '"',
    ord("\u201e"): '"',
    ord("\u00ab"): '"',
    ord("\u00bb"): '"',
}
_TRANSLATION = _INVISIBLE | _PUNCTUATION
_has_odd = matcher("[" + "".join(map(chr, _TRANSLATION)) + "]")


def clean(text: str) -> str:
    """The text in one form of each character: NFKC, plain apostrophes, quotes and spaces, nothing invisible, no half of a character."""
    if "\x1f" in text:  # the only white space in ASCII that neither ends a line nor looks like a space
        text = text.replace("\x1f", " ")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if _has_odd(text):
        text = text.translate(_TRANSLATION)
    # Line ends survive: NFKC turns neither \n nor \t into anything else.
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


has_gap = matcher("  ")
"""Whether a text has more than one space in a row."""


def squeezed(line: str) -> str:
    """``one_space`` of a single line of a clean text, which has no other white space than spaces and tabs."""
    return " ".join(line.split()) if "  " in line or "\t" in line else line.strip()


def squeezed_lines(text: str) -> list[str]:
    """Each line of a clean text ``squeezed``, as many as are read; the empty ones are left out."""
    if "\t" in text:
        text = text.replace("\t", " ")
    if not has_gap(text):
        return [line for raw in within_reason(text) if (line := raw.strip())]
    return [" ".join(line.split()) if "  " in line else line for raw in within_reason(text) if (line := raw.strip())]


def one_space(text: str) -> str:
    """The text with every run of white space as one space and none at its ends."""
    if "  " in text or not text.isprintable():  # a line break or tab is not printable
        return " ".join(text.split())
    return text.strip()


def lowered(text: str) -> str:
    """The text in lower case, of the same length, so that places found in it are places of the text."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


BOX = re.compile(r"(?:[-*+]|\d{1,3}[.)])?[ \t]{0,4}(?:\[[ xX]?\]|[\u2610-\u2612\u2b1c])(?=[ \t]|$)")
"""A checkbox as people type it."""
_ITEM = re.compile(
    rf"(?P<box>{BOX.pattern})|(?:[-*+] )?"
    r"(?:[-*+\u2705\u2714\u2022\u2023\u25cf\u25aa\u25e6\u00b7\u2013\u2014>]|\(?\d{1,3}[.)]|[a-z][.)])[ \t]+|\u30fb[ \t]*"
)
"""A checkbox or the sign of a list as people type it, at the start of a line that has no white space before it."""


def item(kind: LineKind, text: str, row: int = 0) -> Line:
    """An item of a list; people type checkboxes into them."""
    if kind is BULLET and text[0] in _BOXES and (found := BOX.match(text)) and found.end() < len(text):
        return Line(LineKind.BOX, text[found.end() :].strip())
    return Line(kind, text, row)


_BOXES = frozenset("[\u2610\u2611\u2612\u2b1c")


_SIGNS_OF_ITEMS = frozenset("-*+(>[\u2705\u2714\u2022\u2023\u25cf\u25aa\u25e6\u00b7\u2013\u2014\u30fb\u2610\u2611\u2612\u2b1c")
"""What the lists and boxes of ``typed`` begin with, beside numbers and letters."""


def is_prose(text: str) -> bool:
    """Whether a line begins like a sentence, so that no sign of a list needs to be looked for: most lines do."""
    return text[:1].isalpha() and text[1:2] not in {".", ")"}


def typed(text: str) -> Line | None:
    """
    The line that a text without white space around it is by the signs that people type in any notation, ``None`` when nothing is left.

    White space inside of it stays as it is.
    """
    kind, first = PARAGRAPH, text[:1]
    if (first in _SIGNS_OF_ITEMS or (first.isalnum() and not is_prose(text))) and (found := _ITEM.match(text)):
        kind, text = LineKind.BOX if found.lastgroup else BULLET, text[found.end() :].strip()
    return new(Line, (kind, text, 0)) if text else None
