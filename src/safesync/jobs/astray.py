"""Items that are not where a plan found them: what the tracker calls out of scope is let go of at once, not with the next full read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog

from safesync.connectors.port import Fate, Identity, Tracker, Witness
from safesync.jobs.census import Reach, believed
from safesync.model.errors import RunError
from safesync.model.item import ItemRef
from safesync.store.port import Absent, RollCall, Store

_log = structlog.get_logger()
_TOLD = {
    Fate.MOVED: "it is out of scope now: it was moved, or the scope's query does not select it any more",
    Fate.UNSELECTED: "it is out of scope now: the scope's query does not select it any more",
    Fate.DELETED: "it was deleted",
}


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
    told = {uid: _TOLD[fates[uid]] for uid in gone if fates.get(uid) in _TOLD}
    if told:
        store.mark_gone(sorted(told), now)
        _log.info("items.let_go", tracker=tracker.name, items=len(told))
    return told
