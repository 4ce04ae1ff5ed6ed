"""
Items that are not where a plan found them.

What the tracker calls out of scope is let go of at once, not with the next full read. What it does not show is remembered as not found:
that clears nothing, but what is known of it is not told as its present any more.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from safesync.connectors.port import Fate, Identity, Tracker, Witness
from safesync.jobs.census import Reach, alarm, believed, is_many
from safesync.model.errors import RunError
from safesync.model.item import ItemRef
from safesync.store.port import Absent, RollCall, Store

_log = structlog.get_logger()
NOT_FOUND = "it is not found any more: it was deleted, or our account may not see it"
BEHIND = "no search shows it, though it is there: the index is behind, or its project was archived; the next run decides anew"
_TOLD = {
    Fate.MOVED: "it is out of scope now: it was moved, or the scope's query does not select it any more",
    Fate.UNSELECTED: "it is out of scope now: the scope's query does not select it any more",
    Fate.DELETED: "it was deleted",
}
_OTHERS = 20
"""So many items that nothing is said against are asked for, to see whether we are shown anything."""


def let_go(tracker: Tracker, identity: Identity, store: Store, refs: Iterable[ItemRef], now: datetime) -> Mapping[str, str]:
    """
    Ask what became of items and forget those that are out of scope, as far as a census would believe it; why, by uid, as sentences.

    Nothing is known of the items of a tracker that cannot tell, or does not: a scope whose query names an issue is refused when that
    issue is deleted, and what can be written is written all the same.
    """
    asked = {ref.uid: ref for ref in refs}
    if not asked or not isinstance(tracker, Witness):
        return {}
    try:
        fates = tracker.fates(list(asked.values()))
    except RunError as untold:
        _log.warning("fates.untold", tracker=tracker.name, reason=str(untold))
        return {}
    # A plan that waited may name items that a reading let go of since, the last of their project among them.
    known = {ref.project: 0 for ref in asked.values()} | dict(store.projects(tracker.name))
    roll = RollCall(known, tuple(Absent(ref.uid, ref.project, None) for ref in asked.values()))
    gone = believed(roll, Reach(identity.projects), lambda _: fates).gone
    # A project that is renamed or archived takes more with it than a run asks for: that is for a full read to see.
    leaving = Counter(asked[uid].project for uid in gone if fates.get(uid) is Fate.MOVED)
    stay = {project for project, count in leaving.items() if is_many(count, known[project])}
    left = (uid for uid in gone if fates.get(uid) is not Fate.MOVED or asked[uid].project not in stay)
    told = {uid: _TOLD[fates[uid]] for uid in left if fates.get(uid) in _TOLD}
    if told:
        store.mark_gone(sorted(told), now)
        _log.info("items.let_go", tracker=tracker.name, items=len(told))
    return told


def looked_for(tracker: Tracker, store: Store, refs: Sequence[ItemRef], now: datetime) -> Mapping[str, str]:
    """
    Look once more for items that a tracker which has just said who we are did not show; what is told of each, by uid.

    Those that are not found are remembered as such, unless they are many of their project: then nothing is believed. ``RunError``
    where none of the others is shown either: whoever has lost an account sees an empty tracker.
    """
    before = store.unfound(tracker.name)
    many = dict(_of_many(store, refs, before))
    # Each by itself: that reads the item, and not an index that may be behind.
    gone = [ref for ref in refs if ref.uid not in many and ref.uid not in tracker.revisions([ref])]
    if gone or many:
        _see_others(tracker, store, {*before, *(ref.uid for ref in refs)})
    store.note_unfound(tracker.name, [ref.uid for ref in gone], now)
    for ref in gone:
        _log.info("item.not_found", tracker=tracker.name, item=ref.key)
    missing = {ref.uid for ref in gone}
    return many | {ref.uid: NOT_FOUND if ref.uid in missing else BEHIND for ref in refs if ref.uid not in many}


def _of_many(store: Store, refs: Sequence[ItemRef], before: Collection[str]) -> Iterator[tuple[str, str]]:
    """Uid and alarm of those that are many of their project, with those that were not found before."""
    known = store.projects(refs[0].tracker)
    homes = {uid: item.project for uid, item in store.items(sorted(before)).items()} | {ref.uid: ref.project for ref in refs}
    for ref in refs:
        missing = sum(home == ref.project for home in homes.values())
        if is_many(missing, of := known.get(ref.project, 0)):
            yield ref.uid, alarm(ref.project, missing, of)


def _see_others(tracker: Tracker, store: Store, besides: Collection[str]) -> None:
    some = store.items(heapq.nsmallest(_OTHERS, store.uids(tracker.name).difference(besides)))
    if some and not tracker.revisions([item.ref for item in some.values()]):
        raise RunError("not one of the items that we know is shown any more. May our account see them, or was their project archived?")
