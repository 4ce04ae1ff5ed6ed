"""The noise budget: how many items may be spoken to for the first time, or be called ready, in a day. What is over it waits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from safesync.feedback.limits import is_new, only_readies
from safesync.feedback.plan_file import sealed
from safesync.feedback.settings import Caps
from safesync.model.change import ItemChange, Plan
from safesync.model.item import Item


@dataclass(frozen=True, slots=True)
class Capped:
    """The plan within the budget, and the items that wait for another day."""

    plan: Plan
    waiting: tuple[ItemChange, ...] = ()


def within_caps(made: Plan, items: Mapping[str, Item], begun: Iterable[str], caps: Caps, readied: int = 0) -> Capped:
    """
    The plan without the first comments that are over a cap; everything else in it stays, what a person asked for too.

    ``items`` are those that the plan and ``begun`` are about; ``begun`` are the items that were spoken to for the first time today;
    ``readied`` is how many of others were called ready.
    """
    budget = _Budget(caps, items, readied)
    for uid in begun:
        budget.spend(uid)
    kept: list[ItemChange] = []
    waiting: list[ItemChange] = []
    for change in made.changes:
        if only_readies(change):
            (kept if budget.may_ready() else waiting).append(change)
        elif not is_new(change) or change.asked:
            kept.append(change)
        elif budget.has_room(change.ref.uid):
            budget.spend(change.ref.uid)
            kept.append(change)
        else:
            waiting.append(change)
    return Capped(sealed(replace(made, changes=tuple(kept))), tuple(waiting)) if waiting else Capped(made)


@dataclass(slots=True)
class _Budget:
    """What was spent today, by everyone, by team and by person; and how many items were called ready."""

    caps: Caps
    items: Mapping[str, Item]
    readied: int = 0
    spent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def spend(self, uid: str) -> None:
        self.spent.update(name for name, _ in self._purses(uid))

    def may_ready(self) -> bool:
        """Whether there is room for one more, which is taken at once."""
        self.readied += 1
        return self.caps.ready is None or self.readied <= self.caps.ready

    def has_room(self, uid: str) -> bool:
        return all(cap is None or self.spent[name] < cap for name, cap in self._purses(uid))

    def _purses(self, uid: str) -> list[tuple[tuple[str, str], int | None]]:
        item = self.items.get(uid)
        team, owner = (item.team, item.owner) if item else (None, None)
        whose = [(("day", ""), self.caps.day), (("team", team), self.caps.team), (("person", owner), self.caps.person)]
        return [((kind, name), cap) for (kind, name), cap in whose if name is not None]
