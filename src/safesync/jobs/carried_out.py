"""What of a plan was carried out before: by a run of it that was broken off, or by one for another batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from safesync.model.change import ItemChange
from safesync.store.port import Intent, IntentKind


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """The writes that happened after a plan was made: (uid, digest) of comments and (uid, added, removed) of labels."""

    comments: frozenset[tuple[str, str | None]] = frozenset()
    labels: frozenset[tuple[str, tuple[str, ...], tuple[str, ...]]] = frozenset()

    @classmethod
    def of(cls, intents: Iterable[Intent]) -> CarriedOut:
        """What these writes, which all happened, have done."""
        some = tuple(intents)
        return cls(
            frozenset((one.ref.uid, one.digest) for one in some if one.kind is IntentKind.COMMENT),
            frozenset((one.ref.uid, one.add, one.remove) for one in some if one.kind is IntentKind.LABELS),
        )

    def whole(self, change: ItemChange) -> bool:
        """Whether all of a change was written."""
        return self._comment(change) is not False and self._labels(change) is not False

    def begun(self, change: ItemChange) -> bool:
        """Whether its comment was written, and its labels were not."""
        return self._comment(change) is True and self._labels(change) is False

    def _comment(self, change: ItemChange) -> bool | None:
        return None if change.comment is None else (change.ref.uid, change.comment.message.digest) in self.comments

    def _labels(self, change: ItemChange) -> bool | None:
        if not change.add_labels and not change.remove_labels:
            return None
        return (change.ref.uid, change.add_labels, change.remove_labels) in self.labels
