"""
What the stream of revisions tells of each item: when it came into which stage, and when a person last changed it.

A full read sees every revision. Between full reads the stream carries the new ones only, so what was known before travels in the
cursor, packed: about ten bytes a transition, and no call an item ever.
"""

from __future__ import annotations

import zlib
from array import array
from base64 import b85decode, b85encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from safesync.connectors.azure import values
from safesync.connectors.azure.context import Context, is_blocked
from safesync.connectors.azure.documents import Revision
from safesync.model.item import Stage, Transition

_ORDER = tuple(Stage)
_BLOCKED = 8
"""Beside the number of a stage, in the same four bits."""
_STAGE_BITS, _TIME_BITS = 4, 34


@dataclass(frozen=True, slots=True)
class History:
    """Of one item, to the second; ``last_human_change_at`` is ``None`` when only bots ever touched it."""

    transitions: tuple[Transition, ...]
    last_human_change_at: datetime | None
    blocked_since: datetime | None = None
    """When the present time of being blocked began; ``None`` where its newest revision is not."""


class _Packed(Struct, frozen=True, array_like=True):
    """All histories in columns: numbers of one kind side by side are small when compressed."""

    ids: list[int]
    people: list[int]
    lengths: list[int]
    entries: list[int]


class Histories:
    """
    Of all items, growing revision by revision; of a deleted one too, because it may be restored.

    In what order revisions come, and whether one comes twice, makes no difference: each knows its number.
    """

    def __init__(self, packed: str = "") -> None:
        self._people: dict[int, int] = {}
        """Item -> last change by a person in seconds, 0 for none."""
        self._entries: dict[int, array[int]] = {}
        """Item -> revision, time, stage and whether it is blocked in one number each, so that their order is that of the revisions."""
        if packed:
            self._unpack(msgspec.msgpack.decode(zlib.decompress(b85decode(packed)), type=_Packed))

    def take(self, revision: Revision, context: Context) -> None:
        """One more revision."""
        fields = revision.fields
        at = _second(fields.changed_at)
        if at is None or not fields.state:
            return
        by_person = 0 if context.is_bot(fields.changed_by) else at
        self._people[revision.id] = max(by_person, self._people.get(revision.id, 0))
        entries = self._entries.get(revision.id)
        if entries is None:
            entries = self._entries[revision.id] = array("q")
        stage = context.stage(fields.project or "", fields.type or "", fields.state)
        if stage is not None:
            blocked = _BLOCKED if is_blocked(fields.state, fields.blocked, fields.tags) else 0
            entries.append(((revision.rev << _TIME_BITS) + at << _STAGE_BITS) + _ORDER.index(stage) + blocked)

    def of(self, item_id: int) -> History | None:
        """The history of an item, ``None`` when no revision of it was ever seen."""
        person = self._people.get(item_id)
        if person is None:
            return None
        transitions: list[Transition] = []
        blocked_since: datetime | None = None
        for entry in _steps(self._entries[item_id]):
            at = datetime.fromtimestamp(entry >> _STAGE_BITS & (1 << _TIME_BITS) - 1, UTC)
            if transitions and at < transitions[-1].at:
                at = transitions[-1].at  # a server's clock that was set back does not make an item travel in time
            stage = _ORDER[entry & _BLOCKED - 1]
            if not transitions or transitions[-1].stage is not stage:
                transitions.append(Transition(at, stage))
            blocked_since = (blocked_since or at) if entry & _BLOCKED else None
        return History(tuple(transitions), datetime.fromtimestamp(person, UTC) if person else None, blocked_since)

    def person(self, item_id: int) -> int:
        """When a person last changed an item, in seconds; 0 for never, or for an item that was never seen."""
        return self._people.get(item_id, 0)

    def precedes(self, revision: Revision) -> bool:
        """Whether a revision came after the last change by a person that is known here."""
        return 0 < self.person(revision.id) < (_second(revision.fields.changed_at) or 0)

    def pack(self) -> str:
        """All of it as text for the cursor."""
        ids = sorted(self._people)
        steps = [list(_steps(self._entries[one])) for one in ids]
        gaps = [one - before for one, before in zip(ids, [0, *ids], strict=False)]
        packed = _Packed(gaps, [self._people[one] for one in ids], [len(one) for one in steps], [entry for one in steps for entry in one])
        return b85encode(zlib.compress(msgspec.msgpack.encode(packed))).decode("ascii")

    def _unpack(self, packed: _Packed) -> None:
        item_id = start = 0
        for gap, person, length in zip(packed.ids, packed.people, packed.lengths, strict=True):
            item_id += gap
            self._people[item_id] = person
            self._entries[item_id] = array("q", packed.entries[start : start + length])
            start += length


def _second(told: str | None) -> int | None:
    """Seconds since 1970, as our numbers hold them; ``None`` for no date, and for one that nobody can read."""
    try:
        return min(max(0, int(values.moment(told).timestamp())), (1 << _TIME_BITS) - 1) if told else None
    except ValueError:
        return None


def _steps(entries: array[int]) -> Iterator[int]:
    """In the order of the revisions, each that has another stage than the one before, or is blocked and that one is not."""
    before = -1
    for entry in sorted(entries):
        stage = entry & (1 << _STAGE_BITS) - 1
        if stage != before:
            before = stage
            yield entry
