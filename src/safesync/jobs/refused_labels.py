"""Labels that a tracker will not have on an item as it is: told once, and not tried again before that has changed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from safesync.connectors.port import LabelsRefusedError
from safesync.feedback.plan_file import sealed
from safesync.model.change import ItemChange, Plan
from safesync.model.item import Item
from safesync.store.port import Store

_CHANNEL = "labels refused in "
"""Beside the channels to people: what the reports of a tracker have told."""


def note_refused(store: Store, item: Item | None, change: ItemChange, refused: LabelsRefusedError, now: datetime) -> None:
    """The run that was refused tells it; the next ones know."""
    if item is not None:
        store.note_told(_CHANNEL + item.tracker, _matter(item, change, whole=refused.by_item), now)


def without_refused(store: Store, made: Plan, items: Mapping[str, Item]) -> Plan:
    """The plan without the labels that were refused on items which are still what they were; what is over is forgotten."""
    known = {tracker: store.told(_CHANNEL + tracker) for tracker in {item.tracker for item in items.values()}}
    for tracker, matters in known.items():
        over = {matter for matter in matters if (item := items.get(matter.split()[0])) and not _still(matter, item)}
        if over:
            store.forget_told(_CHANNEL + tracker, over)
    kept = [_without(change, items[change.ref.uid], known) if change.ref.uid in items else change for change in made.changes]
    return sealed(replace(made, changes=tuple(change for change in kept if change is not None)))


def _without(change: ItemChange, item: Item, known: Mapping[str, frozenset[str]]) -> ItemChange | None:
    if not known[item.tracker].intersection(_matter(item, change, whole=whole) for whole in (False, True)):
        return change
    return None if change.comment is None else replace(change, add_labels=(), remove_labels=())


def _matter(item: Item, change: ItemChange, *, whole: bool) -> str:
    return f"{_state(item, whole=whole)} {_number(sorted(change.add_labels), sorted(change.remove_labels))}"


def _still(matter: str, item: Item) -> bool:
    return matter.rpartition(" ")[0] in {_state(item, whole=False), _state(item, whole=True)}


def _state(item: Item, *, whole: bool) -> str:
    """An item by its labels, or as the last person left it: our own comment moves its revision."""
    return f"{item.uid} {_number(sorted(item.labels), item.last_human_change_at if whole else None)}"


def _number(*parts: object) -> str:
    return f"{zlib.crc32(repr(parts).encode()):08x}"
