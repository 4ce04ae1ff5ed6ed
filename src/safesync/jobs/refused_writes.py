"""
Comments and labels that a tracker will not have on an item as it is, and items that it keeps from us: told once, and not tried again before
that has changed.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from safesync.connectors.port import LabelsRefusedError, WriteRefusedError
from safesync.feedback.plan_file import sealed
from safesync.model.change import ItemChange, Plan
from safesync.model.item import Item
from safesync.store.port import Store

_Sort = Literal["comments", "labels"]
_AGAIN_AFTER = timedelta(days=7)
"""Then it is tried once more: a workflow, a limit or a right is no part of any item, and nobody tells us that one was changed."""


def note_refused(store: Store, item: Item | None, change: ItemChange, refused: WriteRefusedError, now: datetime) -> None:
    """The run that was refused tells it; the next ones know."""
    if item is None:
        return
    if isinstance(refused, LabelsRefusedError):
        store.note_told(_channel("labels", item.tracker), _of_labels(item, change, whole=refused.by_item), now)
    else:
        store.note_told(_channel("comments", item.tracker), _of_comment(item, change), now)


def note_unreached(store: Store, item: Item | None, change: ItemChange, now: datetime) -> None:
    """The same for what is in a change of an item that is not shown to us, or on which we may not do that."""
    if item is None:
        return
    if change.comment is not None:
        store.note_told(_channel("comments", item.tracker), _of_comment(item, change), now)
    if change.add_labels or change.remove_labels:
        store.note_told(_channel("labels", item.tracker), _of_labels(item, change, whole=True), now)


def without_refused(store: Store, made: Plan, items: Mapping[str, Item], now: datetime) -> tuple[Plan, int]:
    """
    The plan without what was refused on items that are still what they were, and how many changes it was taken from.

    What is over is forgotten: what is not to be written any more, by success too, and what was refused days ago.
    """
    trackers = {item.tracker for item in items.values()}
    comments, labels = _Refused.of("comments", trackers, store, now), _Refused.of("labels", trackers, store, now)
    kept = [_without(change, items.get(change.ref.uid), comments, labels) for change in made.changes]
    for each in (comments, labels):
        each.forget(items)
    taken = sum(after is not before for after, before in zip(kept, made.changes, strict=True))
    return sealed(replace(made, changes=tuple(change for change in kept if change is not None))), taken


@dataclass(slots=True)
class _Refused:
    """What trackers refused of one sort, and what of it would still be written."""

    store: Store
    known: Mapping[str, Mapping[str, datetime]]
    """When, by channel and matter."""
    since: datetime
    met: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, sort: _Sort, trackers: Collection[str], store: Store, now: datetime) -> _Refused:
        channels = [_channel(sort, tracker) for tracker in trackers]
        return cls(store, {channel: store.told(channel) for channel in channels}, now - _AGAIN_AFTER)

    def has(self, *matters: str) -> bool:
        found = {matter for told in self.known.values() for matter in matters if matter in told and told[matter] > self.since}
        self.met |= found
        return bool(found)

    def forget(self, items: Collection[str]) -> None:
        for channel, told in self.known.items():
            over = {one for one, at in told.items() if at <= self.since or (_uid(one) in items and one not in self.met)}
            if over:
                self.store.forget_told(channel, over)


def _without(change: ItemChange, item: Item | None, comments: _Refused, labels: _Refused) -> ItemChange | None:
    if item is None:
        return change
    if change.comment is not None and comments.has(_of_comment(item, change)):
        # Labels that are not true any more go all the same; what nothing explains is not set.
        change = replace(change, comment=None, add_labels=())
    if (change.add_labels or change.remove_labels) and labels.has(*(_of_labels(item, change, whole=whole) for whole in (False, True))):
        change = replace(change, add_labels=(), remove_labels=())
    return change if change.comment or change.add_labels or change.remove_labels else None


def _of_comment(item: Item, change: ItemChange) -> str:
    """A comment that was refused leaves no trace: who saved the item since may have removed the reason."""
    touched_at = item.updated_at if "last_human_change_at" in item.unseen else item.touched_at
    return _matter(item, change.comment and change.comment.message.digest, change.asked, touched_at)


def _of_labels(item: Item, change: ItemChange, *, whole: bool) -> str:
    """By the item's labels, or as the last person left it: our own comment moves its revision."""
    touched_at = item.touched_at if whole else None
    return _matter(item, sorted(item.labels), touched_at, sorted(change.add_labels), sorted(change.remove_labels))


def _channel(sort: _Sort, tracker: str) -> str:
    """Beside the channels to people: what the reports of a tracker have told."""
    return f"{sort} refused in {tracker}"


def _matter(item: Item, *parts: object) -> str:
    return f"{item.uid} {zlib.crc32(repr(parts).encode()):08x}"


def _uid(matter: str) -> str:
    return matter.rpartition(" ")[0]
