"""What stands under headings that only some rules ask for: a business case, an MVP, outcomes, indicators."""

from __future__ import annotations

from collections.abc import Mapping

from safesync.facts.text.labels import heading_name, uncounted
from safesync.facts.text.lexicon import lexicon
from safesync.facts.text.line import BOLD_LEVEL, Line, LineKind, Lines, lowered

_PLAIN_LEVEL = BOLD_LEVEL + 1


def under(lines: Lines, labels: Mapping[str, str]) -> Mapping[str, Lines]:
    """
    The lines under each heading that ``labels`` know, by what they call it; nothing for a heading with nothing below.

    A section ends at the next heading that is known, and at one of its own level or above.
    """
    found: dict[str, list[Line]] = {}
    name, level, known = "", 0, lexicon().labels
    for line in lines:
        label, rest = heading_name(line)
        asked = label if label in labels else uncounted(label)
        if asked in labels:
            name, level = labels[asked], line.level or _PLAIN_LEVEL
            into = found.setdefault(name, [])
            if rest:
                into.append(Line(LineKind.PARAGRAPH, rest))
        elif (line.kind is LineKind.HEADING and name and line.level <= level and found[name]) or label in known:
            name = ""
        elif name and line.kind is not LineKind.HEADING:
            found[name].append(line)
    return {one: tuple(some) for one, some in found.items()}


def labels_of(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """From what a heading is called to the phrases it is called by, turned around."""
    return {lowered(phrase): name for name, phrases in names.items() for phrase in phrases}
