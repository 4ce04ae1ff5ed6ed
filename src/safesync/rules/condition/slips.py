"""What is wrong with a condition, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from safesync.model.errors import SafeSyncError

_ALIKE = str.maketrans("oil", "011")
"""Signs that are taken for each other: a code with the letter O is meant with a zero."""


@dataclass(frozen=True, slots=True, order=True)
class Slip:
    """
    One mistake: ``start`` and ``end`` are 0-based offsets in the text of the condition, ``end`` after the last character.

    ``option`` is set when not the text is wrong but the value of that option.
    """

    start: int
    end: int
    message: str
    option: str | None = None


class ConditionError(SafeSyncError):
    """A text is no condition over these facts; carries every slip that was found, in the order of the text."""

    def __init__(self, text: str, slips: Iterable[Slip]) -> None:
        self.text = text
        self.slips = tuple(sorted(set(slips)))
        super().__init__("; ".join(f"column {slip.start + 1}: {slip.message}" for slip in self.slips))


def nearest(name: str, known: Iterable[str]) -> str:
    """``", did you mean 'x'?"`` for the known name that looks most alike, else an empty text."""
    names = {each.casefold(): each for each in known}
    alike = {each.translate(_ALIKE): each for each in names}
    if (meant := alike.get(name.casefold().translate(_ALIKE))) is not None:
        return f", did you mean '{names[meant]}'?"
    # Two letters that changed places may leave little in one piece: difflib sees no more than 0.4 of tests in tsets. And of two
    # names it takes the shorter one: languagse is languages, not language.
    written = name.casefold()
    found = [each for each in names if sorted(each) == sorted(written)] or get_close_matches(written, names, n=1, cutoff=0.6)
    return f", did you mean '{names[found[0]]}'?" if found else ""
