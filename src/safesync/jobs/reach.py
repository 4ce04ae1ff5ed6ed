"""How far what the store knows is the present of the trackers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from safesync.jobs.astray import NOT_FOUND
from safesync.model.item import Item
from safesync.store.port import Store

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Unread:
    """
    What the last readings did not bring.

    ``trackers``: name -> why its reading ended early. ``projects``: (tracker, project) that it did not see any more. ``items``:
    uid -> since when a single item is not found, which is no fault of a reading.
    """

    trackers: Mapping[str, str] = field(default_factory=dict)
    projects: frozenset[tuple[str, str]] = frozenset()
    items: Mapping[str, datetime] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether a tracker or a project was not read whole."""
        return bool(self.trackers or self.projects)

    def of(self, item: Item) -> str:
        """Why what is known of an item is not its present; empty when it is."""
        if (why := self.trackers.get(item.tracker)) is not None:
            return f"{item.tracker} was not read to the end the last time ({why})"
        if (item.tracker, item.project) in self.projects:
            return f"the project {item.project} could not be seen the last time"
        since = self.items.get(item.uid)
        return f"{NOT_FOUND} (since {since:%Y-%m-%d %H:%M} UTC)" if since else ""

    def sentences(self) -> list[str]:
        """One for each, for a person."""
        failed = [
            f"{name} was not read to the end the last time, and nothing of it is judged: {why}" for name, why in self.trackers.items()
        ]
        return failed + [f"{name}: the project {project} could not be seen the last time" for name, project in sorted(self.projects)]

    def unfound(self, known: Mapping[str, Item]) -> list[str]:
        """One sentence for all items that are not found, of those that are ``known``; none where there is none."""
        keys = [known[uid].key for uid in sorted(self.items) if uid in known]
        more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
        return [f"not found any more, and not judged: {', '.join(keys[:_MOST_NAMED])}{more}"] if keys else []


def unread(store: Store, trackers: Iterable[str]) -> Unread:
    """What is known of these trackers and is not their present; one that was never asked has no items, and is not among them."""
    states = {name: store.tracker_state(name) for name in trackers}
    failed = {name: state.trouble for name, state in states.items() if state.trouble is not None}
    beginning = [name for name, state in states.items() if name not in failed and state.cursor is None and store.projects(name)]
    failed |= dict.fromkeys(beginning, "it has to be read from the beginning, as after an upgrade (safesync pull)")
    lost = frozenset((name, project) for name, state in states.items() for project in state.lost)
    return Unread(failed, lost, {uid: since for name in states for uid, since in store.unfound(name).items()})
