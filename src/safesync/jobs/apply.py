"""Apply: carry out the part of a plan that concerns one tracker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from safesync.connectors.port import Identity, Tracker
from safesync.jobs.astray import let_go
from safesync.jobs.carried_out import CarriedOut
from safesync.jobs.listener import Listener, Silent
from safesync.jobs.writing import CHANGED, Writer
from safesync.model.change import Applied, ItemChange, Outcome
from safesync.model.errors import RetryableError, RunError
from safesync.model.item import Item
from safesync.store.port import Store

_log = structlog.get_logger()
_BATCH = 50
"""How many items are compared in one look: a person's change made while a batch is written is seen late, not never."""


_LEFT = "it is left for the next run, because this one ended early"


@dataclass(frozen=True, slots=True)
class AppliedPart:
    """What became of each change of one tracker; ``error`` says why the tracker ended early."""

    results: tuple[Applied, ...]
    error: str | None = None


def apply(
    tracker: Tracker,
    identity: Identity,
    changes: Sequence[ItemChange],
    store: Store,
    *,
    run_id: int,
    now: datetime,
    listener: Listener | None = None,
    before: CarriedOut | None = None,
    approved: bool = False,
) -> AppliedPart:
    """
    Write every change whose item is still what it was when the plan was made; the others are skipped and named.

    ``before`` is what was carried out before: it is not written again, and what is left of an item that only we changed is.
    ``approved`` when a person looked at the plan.

    An item that cannot be written stops nobody else. A tracker that cannot be written ends here: the error is in the
    answer, and the changes that are left are skipped.
    """
    writer = Writer(tracker, identity, store, run_id, now, dict(store.marks()), approved=approved)
    applying = _Applying(tracker, writer, store, listener or Silent(), before or CarriedOut())
    results: list[Applied] = []
    error: str | None = None
    step = f"apply {tracker.name}"
    applying.listener.begun(step, len(changes))
    try:
        if changes:
            store.note_account(tracker.name, identity.account_id)
        for result in applying.all(changes):
            results.append(result)
            applying.listener.advanced(step, 1)
        writer.heed()
    except (RunError, RetryableError) as ended:
        error = str(ended)
    except Exception as crashed:  # noqa: BLE001 - what was written until then must be counted, whatever is wrong
        error = f"an unexpected {type(crashed).__name__} ended this tracker's part"
        _log.exception("tracker.crashed", tracker=tracker.name)
    finally:
        applying.listener.ended(step)
    if error is not None:
        results += (Applied(change.ref, Outcome.SKIPPED, reason=_LEFT) for change in changes[len(results) :])
    _tell(tracker, results, error)
    return AppliedPart(tuple(results), error)


@dataclass(slots=True)
class _Applying:
    """A tracker's changes under way."""

    tracker: Tracker
    writer: Writer
    store: Store
    listener: Listener
    before: CarriedOut

    def all(self, changes: Sequence[ItemChange]) -> Iterator[Applied]:
        again = _more_than_once(changes)
        ours: dict[str, str] = {}
        for start in range(0, len(changes), _BATCH):
            batch = changes[start : start + _BATCH]
            present = dict(self.tracker.revisions([change.ref for change in batch]))
            departed = self._departed(batch, present)
            for change in batch:
                uid = change.ref.uid
                if self.before.whole(change):
                    yield Applied(change.ref, Outcome.ALREADY)
                    continue
                if uid not in present or present[uid] not in {change.revision, ours.get(uid)}:
                    yield self._outdated(change, present.get(uid), departed)
                    continue
                yield self.writer.write(change)
                if uid in again:
                    # Our own write is not a person's: the item's next change goes on from where we left it.
                    left = self.tracker.revisions([change.ref])
                    ours |= left
                    present |= left

    def _departed(self, batch: Sequence[ItemChange], present: Mapping[str, str]) -> Mapping[str, str]:
        """What became of the items that are not as the plan found them, as far as it is more than a change."""
        writer = self.writer
        other = [change.ref for change in batch if present.get(change.ref.uid) != change.revision and not self.before.whole(change)]
        told = let_go(self.tracker, writer.identity, self.store, other, writer.now)
        missing = [ref for ref in other if ref.uid not in present and ref.uid not in told]
        return {**told, **writer.missing(missing)} if missing else told

    def _outdated(self, change: ItemChange, revision: str | None, departed: Mapping[str, str]) -> Applied:
        """An item that is not as the plan found it: skipped, unless it was us who changed it and something is left to do."""
        if (told := departed.get(change.ref.uid)) is not None:
            return Applied(change.ref, Outcome.SKIPPED, reason=told)
        if not self.before.begun(change):
            return Applied(change.ref, Outcome.SKIPPED, reason=CHANGED)
        item = self.store.item(change.ref.uid)
        if item is not None and item.revision == revision and _untouched(item, change):
            return self.writer.write(replace(change, comment=None))
        return Applied(change.ref, Outcome.SKIPPED, reason="its comment was written, and then it changed: labels come with the next run")


def _untouched(item: Item, change: ItemChange) -> bool:
    return "last_human_change_at" not in item.unseen and item.touched_at == change.about.touched_at


def _more_than_once(changes: Sequence[ItemChange]) -> frozenset[str]:
    times = Counter(change.ref.uid for change in changes)
    return frozenset(uid for uid, count in times.items() if count > 1)


def _tell(tracker: Tracker, results: Sequence[Applied], error: str | None) -> None:
    for result in results:
        if result.outcome not in {Outcome.DONE, Outcome.ALREADY}:
            # The result names it; whoever reads both need not be warned twice.
            _log.info(f"change.{result.outcome.value}", tracker=tracker.name, item=result.ref.key, reason=result.reason)
    figures = {outcome.value: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    _log.info("apply.finished", tracker=tracker.name, error=error, calls=tracker.calls.total, **figures)
