"""Where the value of a fact came from, as far as SafeSync knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from safesync.connectors.mapping import FieldChoice
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.fact import Fact, Sort
from safesync.model.item import Item
from safesync.rules.condition.explaining import Explained

_ELSEWHERE = {
    "train": ("own_train", "its team"),
    "interval": ("own_interval", "its iteration"),
    "work_class": ("own_work_class", "its nearest ancestor"),
}
"""Facts that an item may have from elsewhere: its own fact, and where the value comes from when that is empty."""
_PLACES = {"acceptance_": "acceptance_places", "benefit_": "benefit_places"}


def facts_in(parts: Iterable[Explained]) -> tuple[Fact, ...]:
    """The facts that a condition reads, in the order in which it names them."""
    found = (ITEM_FACTS.get(text) for part in parts for text in _names(part))
    return tuple(dict.fromkeys(fact for fact in found if fact))


def _names(part: Explained) -> Iterator[str]:
    yield part.text
    if part.text.startswith("has_label("):
        yield "labels"
    for below in part.parts:
        yield from _names(below)


def origin(fact: Fact, item: Item, measured: Mapping[str, Any], mapping: TrackerMapping) -> str:
    """One sentence; ``measured`` are the facts of the item as they are stored."""
    unseen = sorted(set(fact.needs) & item.unseen)
    if unseen:
        return f"not seen: {', '.join(unseen)} is not mapped, or not readable"
    places = next((name for start, name in _PLACES.items() if fact.name.startswith(start)), "")
    if measured.get(places):
        return f"looked in: {measured[places]}"
    if fact.name in _ELSEWHERE:
        own, elsewhere = _ELSEWHERE[fact.name]
        return "its own" if measured.get(own) not in {None, "", "unknown"} else f"from {elsewhere}, for it has none of its own"
    return _read_from(fact, item, mapping) if fact.sort is Sort.MEASURED else _computed(fact)


def _computed(fact: Fact) -> str:
    return "computed from its links" if fact.sort is Sort.LINKED else "computed from the calendar and the clock"


def _read_from(fact: Fact, item: Item, mapping: TrackerMapping) -> str:
    named = {"kind": f"from the type {item.native_type!r}", "stage": f"from the state {item.native_state!r}"}
    for need in fact.needs:
        if need in named:
            return named[need]
        choices = next((each for name, each in mapping.fields.items() if name == need), ())
        if choices:
            return "read from the field " + " or ".join(_field(choice) for choice in choices)
    return "as the tracker has it"


def _field(choice: FieldChoice) -> str:
    return choice.name or choice.id or choice.schema_key or ""
