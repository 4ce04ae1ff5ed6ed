"""What people say to us on items: kept from one read to the next, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from safesync.feedback.answers import Account
from safesync.feedback.hearing import Heard, hear
from safesync.feedback.settings import FeedbackSettings
from safesync.feedback.voice import ENGLISH, Voice
from safesync.languages.tongue import Tongue
from safesync.model.item import Item
from safesync.model.making import changed
from safesync.store.port import Store


def with_known_replies(item: Item, before: Item | None) -> Item:
    """The item with what is known of replies that were not looked at now."""
    if item.replies is not None and item.replies_since is None:
        return item
    known = (before.replies or ()) if before else ()
    if item.replies is None:
        return changed(item, replies=known)  # on Azure DevOps, of nearly every item
    shown = {one.comment_id for one in item.replies}
    older = tuple(one for one in known if item.replies_since and one.at < item.replies_since and one.comment_id not in shown)
    return replace(item, replies=(*older, *item.replies), replies_since=None)


def heard(
    store: Store,
    settings: FeedbackSettings,
    now: datetime,
    codes: Collection[str] = (),
    voice_of: Callable[[Item], Voice] = lambda _: ENGLISH,
) -> Mapping[str, Heard]:
    """What people said, by item; ``codes`` are the rules that there are."""
    replied = store.replied()
    found: dict[str, set[str]] = {uid: set() for uid in replied}
    for known in store.findings() if replied else ():
        found.get(known.finding.subject, set()).add(known.finding.code)
    return {uid: hear(item, settings, now.date(), codes, voice_of(item).tongue, here=sorted(found[uid])) for uid, item in replied.items()}


def answered(
    store: Store, said: Mapping[str, Heard], why: Callable[[Tongue, str, str], Sequence[Account]], voice_of: Callable[[Item], Voice]
) -> Mapping[str, Heard]:
    """The same with what was asked for looked up: ``why`` gives the facts behind a rule, or all findings, of an item."""
    asked = store.items(sorted(uid for uid, one in said.items() if one.questions))
    spoken = {uid: voice_of(item).tongue for uid, item in asked.items()}
    return {uid: one.told(partial(why, spoken[uid], uid), spoken[uid]) if uid in spoken else one for uid, one in said.items()}
