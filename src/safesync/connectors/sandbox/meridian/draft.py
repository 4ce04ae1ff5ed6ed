"""The organisation while it is written: add, change, look up, and keep account of what was planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from safesync.connectors.sandbox.meridian.calendar import Calendar
from safesync.connectors.sandbox.meridian.people import Person
from safesync.connectors.sandbox.meridian.topics import Topic
from safesync.connectors.sandbox.meridian.work import Home, Move, Work
from safesync.model.item import Kind, Stage

FIRST_NUMBER = {Home.PAY: 1, Home.CARDS: 1, Home.AZURE: 1}
_PATH = (Stage.FUNNEL, Stage.ANALYSIS, Stage.READY, Stage.IN_PROGRESS, Stage.VALIDATING, Stage.DONE)


@dataclass(frozen=True, slots=True)
class Planted:
    """A flaw that stands in the sandbox on purpose, or a near miss that must not be found. ``tracker`` is "jira" or "azure"."""

    code: str
    tracker: str
    key: str
    why: str


class Draft:
    """Meridian being written. ``subjects`` keeps which slice of which topic a feature is about."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.works: dict[str, Work] = {}
        self.subjects: dict[str, tuple[Topic, int]] = {}
        self.flaws: list[Planted] = []
        self.misses: list[Planted] = []
        self.taken: set[str] = set()
        self._next = dict(FIRST_NUMBER)

    def add(self, home: Home, kind: Kind, title: str, **rest: Any) -> Work:
        """Write one more item; its key follows from the order of writing."""
        number = self._next[home]
        self._next[home] += 1
        key = str(number) if home is Home.AZURE else f"{home.value}-{number}"
        work = Work(handle=f"{home.tracker}:{key}", home=home, key=key, kind=kind, title=title, **rest)
        self.works[work.handle] = work
        return work

    def change(self, work: Work, **changes: Any) -> Work:
        """The item with other values, also in the draft."""
        changed = replace(self.works[work.handle], **changes)
        self.works[work.handle] = changed
        return changed

    def all(self, *kinds: Kind) -> list[Work]:
        """Every item of these kinds, in the order of writing."""
        return [work for work in self.works.values() if work.kind in kinds]

    def children(self, work: Work) -> list[Work]:
        """Whatever has this item as its parent."""
        return [child for child in self.works.values() if child.parent == work.handle]

    def take(self, count: int, where: Callable[[Work], bool]) -> list[Work]:
        """So many items that nothing was planted on yet, spread over all that fit; nobody else gets them."""
        fitting = [work for work in self.works.values() if work.handle not in self.taken and where(work)]
        if len(fitting) < count:
            message = f"only {len(fitting)} items fit where {count} are needed"
            raise ValueError(message)
        chosen = [fitting[n * len(fitting) // count] for n in range(count)]
        self.taken.update(work.handle for work in chosen)
        return chosen

    def flawed(self, code: str, work: Work, why: str) -> None:
        """Note a planted flaw."""
        self.flaws.append(Planted(code, work.home.tracker, work.key, why))

    def missed(self, code: str, work: Work, why: str) -> None:
        """Note a near miss."""
        self.misses.append(Planted(code, work.home.tracker, work.key, why))


def journey(stage: Stage, created_at: datetime, entered_at: datetime, by: Person, via: tuple[Stage, ...] = _PATH) -> tuple[Move, ...]:
    """How an item came to its stage, by daylight and evenly spread since it was created; without the stage it was created in."""
    if stage is Stage.CANCELLED:
        return (Move(entered_at, stage, by),)
    passed = via[1 : via.index(stage)]
    if stage is via[0]:
        return ()
    step: timedelta = (entered_at - created_at) / (len(passed) + 1)
    before = tuple(Move((created_at + step * (n + 1)).replace(hour=10 + n, minute=15), reached, by) for n, reached in enumerate(passed))
    return (*before, Move(entered_at, stage, by))
