"""Recover: look what became of writes that were announced and never settled."""

from __future__ import annotations

from dataclasses import replace

import structlog

from safesync.connectors.port import Tracker
from safesync.jobs.writing import is_of_before, mark_of, ours_on, with_labels
from safesync.model.change import CommentMark
from safesync.model.errors import ItemError
from safesync.store.port import Intent, IntentKind, Store

_log = structlog.get_logger()


def recover(tracker: Tracker, store: Store) -> int:
    """
    Settle a tracker's open intents by looking; how many are settled.

    Best after a pull: what became of labels is read off the stored item, when the tracker says that it is up to date.
    An intent that cannot be settled yet stays open. ``RunError`` when the tracker cannot be read.
    """
    intents = store.open_intents(tracker.name)
    settled = 0
    for intent in intents:
        try:
            looked = _comment(tracker, store, intent) if intent.kind is IntentKind.COMMENT else _labels(tracker, store, intent)
        except ItemError as error:
            # The item is gone or hidden. Before anything is said on it again, it is looked at again.
            _log.warning("intent.abandoned", tracker=tracker.name, item=intent.ref.key, reason=str(error))
            store.settle(intent.intent_id)
            looked = True
        settled += looked
    if intents:
        _log.info("recover.finished", tracker=tracker.name, intents=len(intents), settled=settled)
    return settled


def _comment(tracker: Tracker, store: Store, intent: Intent) -> bool:
    mark = _mark(store, intent)
    if mark.comment_id is not None:
        posted = tracker.read_comment(intent.ref, mark.comment_id)
        if posted is not None and posted.by_former:
            posted = ours_on(tracker, intent.ref) or posted  # where we may not edit it, the intent was to say it anew
        known = mark_of(posted, mark) if posted else replace(mark, comment_id=None, digest=None, silenced=True)
    else:
        posted = ours_on(tracker, intent.ref)
        known = mark_of(None if posted and is_of_before(mark, posted) else posted, mark)
    if known.comment_id not in {None, mark.comment_id} and known.digest is None:
        # Before a comment is created we look for one: what stands there now is what the intent was going to say.
        known = replace(known, digest=intent.digest)
    if known.digest == intent.digest:
        known = replace(known, asked=intent.asked or mark.asked)
    if mark.silenced or known == mark:
        store.settle(intent.intent_id)
    else:
        store.save_mark(known, settles=intent.intent_id)
    return True


def _labels(tracker: Tracker, store: Store, intent: Intent) -> bool:
    revision = tracker.revisions([intent.ref]).get(intent.ref.uid)
    item = store.item(intent.ref.uid)
    if revision is None or item is None:
        store.settle(intent.intent_id)
        return True
    if item.revision != revision:
        return False  # the stored item is behind; the next pull brings what is needed
    carried = set(item.labels)
    add = [label for label in intent.add if label in carried]
    remove = [label for label in intent.remove if label not in carried]
    if add or remove:
        store.save_mark(with_labels(_mark(store, intent), add, remove), settles=intent.intent_id)
    else:
        store.settle(intent.intent_id)  # it did not happen
    return True


def _mark(store: Store, intent: Intent) -> CommentMark:
    return store.marks().get(intent.ref.uid, CommentMark(intent.ref.uid, None, None))
