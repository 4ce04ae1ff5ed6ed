"""
Hints that a story is not as small or valuable as stories should be (INVEST); they are no findings by themselves.

Source: SAFe, "Story"; the checks that need no grammar of a language.
"""

from __future__ import annotations

from collections.abc import Iterator

from safesync.facts.text.lexicon import lexicon, words_under
from safesync.facts.text.phrases import JOINED, MANY_CRITERIA, NO_REASON, NOTHING_LEFT, TECHNICAL_ROLE
from safesync.facts.text.voice import SILENT, Spoken

MOST_WORDS = 600
MOST_CRITERIA = 10
_FEW_JOINTS = 2


def hints(spoken: Spoken, *, description_words: int, criteria: int) -> str | None:
    """The hints about a story, joined by ``"; "``; ``None`` when there is none."""
    if spoken is SILENT and criteria <= MOST_CRITERIA:
        return None
    return "; ".join(_hints(spoken, description_words, criteria)) or None


def _hints(spoken: Spoken, description_words: int, criteria: int) -> Iterator[str]:
    if spoken.role and spoken.role in words_under(lexicon(), "technical_roles"):
        yield TECHNICAL_ROLE
    if spoken.role and not spoken.benefit:
        yield NO_REASON
    if _joints(spoken.goal) >= _FEW_JOINTS:
        yield JOINED
    if criteria > MOST_CRITERIA:
        yield MANY_CRITERIA.format(count=MOST_CRITERIA)
        if description_words > MOST_WORDS:
            yield NOTHING_LEFT


def _joints(goal: str) -> int:
    return sum(f" {goal} ".count(joint) for joint in (" and ", " und ", " et ", "&", "/", ";"))
