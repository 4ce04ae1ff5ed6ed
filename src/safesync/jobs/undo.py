"""Undo: from what is remembered of a run to the plan that takes it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from safesync.feedback.undoing import Trace, Undoing, undoing
from safesync.feedback.voice import ENGLISH, Voice
from safesync.jobs.plan import remembering
from safesync.model.item import Item
from safesync.store.port import Store, Write


def undo(
    store: Store,
    run_id: int,
    now: datetime,
    voice_of: Callable[[Item], Voice] = lambda _: ENGLISH,
    *,
    trackers: Collection[str] | None = None,
) -> Undoing:
    """The plan that takes back what a run wrote, to ``trackers`` where these are all that can be reached; nothing is written here."""
    writes = store.writes(run_id)
    reached = [write for write in writes if trackers is None or write.intent.ref.tracker in trackers]
    traces = _traces(reached)
    made = undoing(traces, store.items([trace.uid for trace in traces]), store.marks(), now, voice_of)
    return replace(made, plan=remembering(store, made.plan), left=(*made.left, *_out_of_reach(writes, reached)))


def _out_of_reach(writes: Iterable[Write], reached: Sequence[Write]) -> Iterator[tuple[str, str]]:
    refs = dict.fromkeys(write.intent.ref for write in writes if write not in reached)
    yield from ((ref.key, f"its tracker, {ref.tracker}, is not in this configuration any more") for ref in refs)


def _traces(writes: Iterable[Write]) -> tuple[Trace, ...]:
    by_item: dict[str, list[Write]] = {}
    for write in writes:
        by_item.setdefault(write.intent.ref.uid, []).append(write)
    return tuple(_trace(uid, some) for uid, some in by_item.items())


def _trace(uid: str, writes: list[Write]) -> Trace:
    comments = [write for write in writes if write.message]
    added = {label for write in writes for label in write.intent.add}
    removed = {label for write in writes for label in write.intent.remove}
    return Trace(
        uid,
        writes[-1].intent.ref.key,
        comments[-1].message if comments else None,
        comments[0].before if comments else None,
        frozenset(added - removed),
        frozenset(removed - added),
        began=bool(comments) and comments[0].intent.begins,
        codes=tuple(sorted({code for write in writes for code in write.intent.codes})),
    )
