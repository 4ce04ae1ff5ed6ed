"""What people say to us on items: kept from one read to the next, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from safesync.feedback.hearing import Heard, hear
from safesync.feedback.settings import FeedbackSettings
from safesync.model.item import Item
from safesync.store.port import Store


def with_known_replies(item: Item, before: Item | None) -> Item:
    """The item with what is known of replies that were not looked at now."""
    if item.replies is not None and item.replies_since is None:
        return item
    known = (before.replies or ()) if before else ()
    if item.replies is None:
        return replace(item, replies=known)
    shown = {one.comment_id for one in item.replies}
    older = tuple(one for one in known if item.replies_since and one.at < item.replies_since and one.comment_id not in shown)
    return replace(item, replies=(*older, *item.replies), replies_since=None)


def heard(store: Store, settings: FeedbackSettings, now: datetime, codes: Collection[str] = ()) -> Mapping[str, Heard]:
    """What people said, by item; ``codes`` are the rules that there are."""
    return {uid: hear(item, settings, now.date(), codes) for uid, item in store.replied().items()}


def answered(said: Mapping[str, Heard], why: Callable[[str, str], Sequence[str]]) -> Mapping[str, Heard]:
    """The same with what was asked for looked up: ``why`` gives the facts behind a rule, or all findings, of an item."""
    return {uid: one.told(partial(why, uid)) if one.questions else one for uid, one in said.items()}
