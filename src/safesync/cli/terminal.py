"""What is printed for people: whatever stands in a tracker, nothing of it steers their terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """A text in which nothing steers a terminal, or turns the order of what is read: whoever reads must see what is there."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


class Terminal(Console):
    """A console on which every line of every text is ``visible``, also in tables."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces of what is printed, in their order."""
        for piece in super().render(renderable, options):
            # What rich itself says to the terminal is a piece of its own.
            yield piece if piece.control else Segment("\n".join(map(visible, piece.text.split("\n"))), piece.style)
