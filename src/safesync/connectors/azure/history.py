"""
What the stream of revisions tells of each item: when it came into which stage, and when a person last changed it.

A full read sees every revision. Between full reads the stream carries the new ones only, so what was known before travels in the
cursor, packed: about ten bytes a transition, and no call an item ever.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from safesync.connectors.azure import values
from safesync.connectors.azure.context import Context
from safesync.connectors.azure.documents import Revision
from safesync.model.item import Stage, Transition

_ORDER = tuple(Stage)


@dataclass(frozen=True, slots=True)
class History:
    """Of one item, to the second; ``last_human_change_at`` is ``None`` when only bots ever touched it."""

    transitions: tuple[Transition, ...]
    last_human_change_at: datetime | None


class Histories:
    """Of all items, growing revision by revision; of a deleted one too, because it may be restored."""

    def __init__(self, packed: str = "") -> None:
        self._known: dict[int, list[int]] = {}
        if packed:
            self._known = msgspec.json.decode(zlib.decompress(b85decode(packed)), type=dict[int, list[int]])

    def take(self, revision: Revision, context: Context) -> None:
        """One more revision; those of one item come in their order."""
        fields = revision.fields
        if not fields.changed_at or not fields.state:
            return
        at = int(values.moment(fields.changed_at).timestamp())
        # [last change by a person or 0, (position of the stage, when) ...]: integers pack well.
        known = self._known.setdefault(revision.id, [0])
        if not context.is_bot(fields.changed_by):
            known[0] = max(known[0], at)
        stage = context.stage(fields.project or "", fields.type or "", fields.state)
        if stage is not None and (len(known) == 1 or (_ORDER[known[-2]] is not stage and at >= known[-1])):
            known += [_ORDER.index(stage), at]

    def of(self, item_id: int) -> History | None:
        """The history of an item, ``None`` when no revision of it was ever seen."""
        known = self._known.get(item_id)
        if known is None:
            return None
        entries = zip(known[1::2], known[2::2], strict=True)
        transitions = tuple(Transition(datetime.fromtimestamp(at, UTC), _ORDER[position]) for position, at in entries)
        return History(transitions, datetime.fromtimestamp(known[0], UTC) if known[0] else None)

    def pack(self) -> str:
        """All of it as text for the cursor."""
        return b85encode(zlib.compress(msgspec.json.encode(self._known))).decode("ascii")
